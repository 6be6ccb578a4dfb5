import assert from "node:assert/strict";
import { unknownCheckingProxy } from "@pulumi/policy";
import { judgeOne } from "#policy/model/judge";
import { readable } from "#policy/model/readable";
import { differences, schemas, typeOf } from "#policy/model/schema";
import { fromManifest } from "#policy/model/subject";
import { validSchema } from "#policy/rules/metadata/valid-schema";

const metadata = { name: "web", namespace: "mesh" };
const found = (apiVersion: string, kind: string, fields: object, patch = false) =>
  differences({ apiVersion, kind, metadata, ...fields }, typeOf(apiVersion, kind) ?? "", patch).map(
    ({ path, message }) => `${path} ${message}`,
  );
const pod = (fields: object, container: object = {}) =>
  found("v1", "Pod", { spec: { containers: [{ name: "web", ...container }], ...fields } });

describe("the schema of built-in objects", () => {
  const cases: [what: string, found: string[], expected: string[]][] = [
    ["accepts an object that is right", pod({ hostNetwork: false }), []],
    [
      "names the field that was meant",
      pod({ hostnetwork: true }),
      ["spec.hostnetwork is no field of PodSpec in Kubernetes 1.36; write hostNetwork"],
    ],
    [
      "knows a plural",
      pod({ volume: [] }),
      ["spec.volume is no field of PodSpec in Kubernetes 1.36; write volumes"],
    ],
    [
      "knows one wrong letter",
      pod({}, { livenessProve: {} }),
      [
        "spec.containers[0].livenessProve is no field of Container in Kubernetes 1.36; write livenessProbe",
      ],
    ],
    [
      "has a field removed that is like no other",
      pod({ entirelyElse: null }),
      ["spec.entirelyElse is no field of PodSpec in Kubernetes 1.36; remove it"],
    ],
    ["takes undefined for left out", pod({ nothing: undefined, hostIPC: undefined }), []],
    ["takes null for left out", pod({ nodeName: null, volumes: null, affinity: null }), []],
    [
      "asks for what is required",
      pod({}, { name: null, ports: [{}] }),
      [
        "spec.containers[0].ports[0].containerPort is missing; ContainerPort requires it",
        "spec.containers[0].name is missing; Container requires it",
      ],
    ],
    [
      "asks a patch for nothing, but judges what it says",
      found("v1", "Pod", { spec: { hostIPC: "no" } }, true),
      ["spec.hostIPC is a string; write true or false"],
    ],
    [
      "wants strings",
      pod({ nodeName: 1 }),
      ["spec.nodeName is a number; write a string, in quotes"],
    ],
    ["takes a bare date for the text that it is", pod({ nodeName: new Date() }), []],
    ["wants lists", pod({ volumes: {} }), ["spec.volumes is a mapping; write a list"]],
    ["wants mappings", pod({ affinity: [] }), ["spec.affinity is a list; write a mapping"]],
    [
      "wants mappings for labels",
      pod({ nodeSelector: "x" }),
      ["spec.nodeSelector is a string; write a mapping"],
    ],
    [
      "wants values in mappings",
      pod({ nodeSelector: { a: null, "b/c": 1, d: "e", f: undefined } }),
      [
        "spec.nodeSelector.a is empty; remove it, or give it a value",
        'spec.nodeSelector["b/c"] is a number; write a string, in quotes',
      ],
    ],
    [
      "wants values in lists",
      pod({}, { args: [null, "a", undefined] }),
      ["spec.containers[0].args[0] is empty; remove it, or give it a value"],
    ],
    [
      "wants one of the values that a field can have",
      pod({ restartPolicy: "always" }),
      ['spec.restartPolicy is "always"; write "Always", "Never", "OnFailure"'],
    ],
    [
      "wants a string where values are fixed",
      pod({ restartPolicy: true }),
      ["spec.restartPolicy is a boolean; write a string, in quotes"],
    ],
    ["takes an empty string for the default", pod({ restartPolicy: "", dnsPolicy: "None" }), []],
    [
      "wants integers",
      pod({ priority: 1.5, terminationGracePeriodSeconds: "1" }),
      [
        "spec.priority is a number; write an integer",
        "spec.terminationGracePeriodSeconds is a string; write an integer",
      ],
    ],
    [
      "knows how big an integer may be",
      pod({ priority: 2 ** 31, terminationGracePeriodSeconds: 2 ** 31 }),
      ["spec.priority is 2147483648; write an integer up to 2147483647"],
    ],
    [
      "knows how small an integer may be",
      pod({ priority: -(2 ** 31) - 1, activeDeadlineSeconds: -(2 ** 31) - 1 }),
      ["spec.priority is -2147483649; write an integer up to 2147483647"],
    ],
    ["accepts the smallest", pod({ priority: -(2 ** 31) }), []],
    [
      "lets a port be a name or a number",
      found("v1", "Service", {
        spec: { ports: [80, "80", 8.5].map((targetPort) => ({ port: 80, targetPort })) },
      }),
      ["spec.ports[2].targetPort is a number; write an integer"],
    ],
    [
      "reads numbers with fractions",
      found("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
        spec: {
          group: "example.org",
          scope: "Namespaced",
          names: { kind: "Web", plural: "webs" },
          versions: [
            {
              name: "v1",
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: { maximum: 1.5, minimum: "1", default: { any: ["thing"] } },
              },
            },
          ],
        },
      }),
      ["spec.versions[0].schema.openAPIV3Schema.minimum is a string; write a number"],
    ],
    [
      "never shows what may be a password",
      found("v1", "Secret", { data: { a: "c2VjcmV0", b: "plain", c: "c2Vj\ncmV0\n", d: 1 } }),
      ["data.b is not base64; encode the value", "data.d is not base64; encode the value"],
    ],
    [
      "knows times",
      found("coordination.k8s.io/v1", "Lease", {
        spec: { acquireTime: "2027-06-30T12:00:00.000000Z", renewTime: "tomorrow" },
      }),
      ['spec.renewTime is not a time; write one like "2027-06-30T12:00:00Z"'],
    ],
    [
      "leaves the status, and what Pulumi notes, alone",
      found("apps/v1", "Deployment", { status: { nonsense: 1 }, __fieldManager: "pulumi" }),
      [],
    ],
    [
      "looks into a field called status that is not the object's",
      pod({ status: {} }),
      ["spec.status is no field of PodSpec in Kubernetes 1.36; remove it"],
    ],
  ];
  for (const [what, actual, expected] of cases) {
    it(what, () => assert.deepEqual(actual, expected));
  }

  const quantities: Record<string, boolean> = {
    "1": true,
    "500m": true,
    "1.5Gi": true,
    ".5": true,
    "5.": true,
    "1e3": true,
    "1E-3": true,
    "-1k": true,
    "": false,
    "1 Gi": false,
    "1GB": false,
    "1K": false,
    "1MiB": false,
    x1: false,
    ".": false,
  };
  for (const [memory, right] of Object.entries(quantities)) {
    it(`takes "${memory}" for ${right ? "a" : "no"} quantity`, () => {
      const path = "spec.containers[0].resources.limits.memory";
      const expected = right
        ? []
        : [`${path} is "${memory}"; write a quantity, such as "500m" or "64Mi"`];
      assert.deepEqual(pod({}, { resources: { limits: { memory } } }), expected);
    });
  }

  it("takes numbers for quantities, and nothing else", () => {
    assert.deepEqual(pod({}, { resources: { limits: { cpu: 0.5, memory: true } } }), [
      "spec.containers[0].resources.limits.memory is a boolean; write a quantity",
    ]);
  });

  it("knows the kinds of Kubernetes 1.36, and which of them have no namespace", () => {
    const { namespaced, clusterScoped } = schemas();
    assert.ok("apps/v1/Deployment" in namespaced && "v1/Namespace" in clusterScoped);
    assert.deepEqual(
      Object.keys(namespaced).filter((key) => key in clusterScoped),
      [],
    );
    assert.equal(typeOf("apps/v1beta1", "Deployment"), undefined);
    assert.equal(typeOf("v1", "Namespace"), "core.v1.Namespace");
  });
});

describe("valid-schema", () => {
  const judged = (object: unknown) =>
    fromManifest(object).flatMap((each) => judgeOne(validSchema, each, {}));

  it("does not judge custom resources", () => {
    const spec = { hostPID: 1 };
    assert.deepEqual(judged({ apiVersion: "example.org/v1", kind: "Pod", metadata, spec }), []);
    assert.equal(judged({ apiVersion: "v1", kind: "Pod", metadata, spec }).length, 2);
  });

  it("skips what a preview does not know, and judges the rest", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const spec = {
      nodeName: unknown,
      entirelyElse: unknown,
      nodeSelector: { a: unknown },
      containers: [unknown, { name: unknown, image: 1, args: [unknown] }],
    };
    const body = readable(unknownCheckingProxy({ apiVersion: "v1", kind: "Pod", metadata, spec }));
    assert.deepEqual(
      judgeOne(
        validSchema,
        { apiVersion: "v1", kind: "Pod", groupKind: "Pod", body, patch: false },
        {},
      ).map(({ path }) => path),
      ["spec.entirelyElse", "spec.containers[1].image"],
    );
  });

  it("checks 50,000 objects in a few seconds", () => {
    const [subject] = fromManifest({
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: {
        containers: [
          {
            name: "web",
            env: Array.from({ length: 20 }, (_, index) => ({ name: `A${index}`, value: "b" })),
          },
        ],
      },
    });
    assert.ok(subject);
    const start = performance.now();
    for (let count = 0; count < 50_000; count++) judgeOne(validSchema, subject, {});
    assert.ok(performance.now() - start < 8_000);
  });
});
