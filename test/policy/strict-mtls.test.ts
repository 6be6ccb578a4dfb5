import assert from "node:assert/strict";
import { Graph } from "#policy/model/graph";
import { knowing } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { fromManifest, fromPulumi, type Subject } from "#policy/model/subject";
import { strictMtls } from "#policy/rules/service-mesh/strict-mtls";

const judge = (subjects: Subject[], settings = {}) =>
  strictMtls
    .checkStack(new Graph(subjects), knowing(settings))
    .map(({ subject, path }) => `${subject.kind} ${path}`);
const manifests = (...objects: object[]) => objects.flatMap(fromManifest);

const peer = (spec: object | null, namespace = "mesh") => ({
  apiVersion: "security.istio.io/v1beta1",
  kind: "PeerAuthentication",
  metadata: { name: "default", namespace },
  spec,
});
const rule = (host: string | undefined, spec: object) => ({
  apiVersion: "networking.istio.io/v1",
  kind: "DestinationRule",
  metadata: { name: "web", namespace: "mesh" },
  spec: { host, ...spec },
});
const namespace = (labels: object | null) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "mesh", labels },
});
const off = { tls: { mode: "DISABLE" } };
const strict = { mtls: { mode: "STRICT" } };
const missing = ["Namespace metadata.name"];

describe("strict-mtls", () => {
  const cases: [what: string, objects: object[], expected: string[]][] = [
    ["accepts a strict mode", [peer(strict)], []],
    [
      "accepts a mode that is inherited",
      [peer({}), peer(null), peer({ mtls: { mode: null } })],
      [],
    ],
    ["accepts a mode that says that it is inherited", [peer({ mtls: { mode: "UNSET" } })], []],
    [
      "refuses others",
      [peer({ mtls: { mode: "DISABLE" } })],
      ["PeerAuthentication spec.mtls.mode"],
    ],
    [
      "refuses others on one port",
      [
        peer({
          ...strict,
          portLevelMtls: { 80: { mode: "PERMISSIVE" }, 81: { mode: "STRICT" }, 82: {} },
        }),
      ],
      ['PeerAuthentication spec.portLevelMtls["80"].mode'],
    ],
    [
      "refuses plain text to hosts of the mesh, wherever a policy stands",
      [
        rule("web", { trafficPolicy: { portLevelSettings: [{}, off] } }),
        rule("*.local", { subsets: [{}, { trafficPolicy: off }] }),
        rule("web.mesh.svc", { trafficPolicy: off }),
        rule(undefined, { trafficPolicy: off }),
      ],
      [
        "DestinationRule spec.trafficPolicy.portLevelSettings[1].tls.mode",
        "DestinationRule spec.subsets[1].trafficPolicy.tls.mode",
        "DestinationRule spec.trafficPolicy.tls.mode",
        "DestinationRule spec.trafficPolicy.tls.mode",
      ],
    ],
    [
      "leaves hosts outside alone",
      [
        rule("api.example.org", { trafficPolicy: off }),
        rule("example.org", { trafficPolicy: off }),
      ],
      [],
    ],
    [
      "knows a Service by its short name",
      [
        { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "mesh" } },
        rule("web.mesh", { trafficPolicy: off }),
        rule("web.mesh.org", { trafficPolicy: off }),
      ],
      ["DestinationRule spec.trafficPolicy.tls.mode"],
    ],
    [
      "accepts other modes of TLS",
      [rule("web", { trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } })],
      [],
    ],
    [
      "asks for nothing outside a mesh",
      [
        namespace({ a: "b" }),
        namespace(null),
        namespace({ "istio-injection": "disabled", "istio.io/rev": "a" }),
      ],
      [],
    ],
    [
      "asks for a strict mode where sidecars are injected",
      [namespace({ "istio-injection": "enabled" })],
      missing,
    ],
    [
      "asks for one where a revision injects them",
      [namespace({ "istio.io/rev": "stable" })],
      missing,
    ],
    [
      "asks for one in ambient mode",
      [namespace({ "istio.io/dataplane-mode": "ambient" })],
      missing,
    ],
    [
      "takes none that is for some pods",
      [
        namespace({ "istio-injection": "enabled" }),
        peer({ ...strict, selector: { matchLabels: { a: "b" } } }),
      ],
      missing,
    ],
    [
      "takes none of another namespace",
      [namespace({ "istio-injection": "enabled" }), peer(strict, "other")],
      missing,
    ],
    ["takes none without a mode", [namespace({ "istio-injection": "enabled" }), peer({})], missing],
    [
      "takes the namespace's own",
      [namespace({ "istio-injection": "enabled" }), peer({ ...strict, selector: {} })],
      [],
    ],
    [
      "takes the whole mesh's",
      [namespace({ "istio-injection": "enabled" }), peer(strict, "istio-system")],
      [],
    ],
  ];
  for (const [what, objects, expected] of cases) {
    it(what, () => assert.deepEqual(judge(manifests(...objects)), expected));
  }

  it("takes the namespace of the mesh from its settings", () => {
    const objects = manifests(namespace({ "istio-injection": "enabled" }), peer(strict, "root"));
    assert.deepEqual(judge(objects), missing);
    assert.deepEqual(judge(objects, { rootNamespace: "root" }), []);
  });

  it("holds patches to what they say", () => {
    const token = "kubernetes:security.istio.io/v1:PeerAuthenticationPatch";
    const found = judge(
      fromPulumi(token, peer({ mtls: { mode: "PERMISSIVE" } }) as KubernetesObject),
    );
    assert.deepEqual(found, ["PeerAuthentication spec.mtls.mode"]);
  });
});
