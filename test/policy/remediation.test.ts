import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { fromManifest, fromPulumi } from "#policy/model/subject";
import { compliantPod, kinds } from "./support/objects.ts";
import { careless, mending, unlabelled } from "./support/remediation.ts";

/** Mends an object by one rule alone, or by all. */
function mend(object: KubernetesObject, ids = mending.map(({ id }) => id)) {
  const mended = structuredClone(object);
  const [subject] = fromManifest(mended);
  assert.ok(subject);
  const by = mending.filter(
    (rule) => ids.includes(rule.id) && rule.remediate?.(subject, {}) === true,
  );
  return { mended, by: by.map(({ id }) => id) };
}

const violated = (object: KubernetesObject) =>
  fromManifest(object).flatMap((subject) =>
    mending.filter((rule) => judgeOne(rule, subject, {}).length > 0).map(({ id }) => id),
  );
const ids = ["P12", "P19", "P27", "M4"];
const inPod = (change: (pod: ReturnType<typeof careless>) => void) => {
  const pod = careless();
  change(pod);
  return { apiVersion: "v1", kind: "Pod", ...pod };
};

describe("remediation", () => {
  for (const [kind, wrap] of Object.entries(kinds)) {
    it(`mends a ${kind}, so that the same rules are kept`, () => {
      const object = unlabelled(wrap(careless()));
      assert.deepEqual(violated(object).sort(), [...ids].sort());
      const { mended, by } = mend(object);
      assert.deepEqual(by.sort(), [...ids].sort());
      assert.deepEqual(violated(mended), []);
    });

    it(`leaves a ${kind} alone in which nothing is wrong`, () => {
      const object = wrap(compliantPod());
      const { mended, by } = mend(object);
      assert.deepEqual(by, []);
      assert.deepEqual(mended, object);
    });
  }

  it("adds nothing but what is missing", () => {
    const { mended } = mend(
      inPod(() => {}),
      ["P12", "P19", "P27"],
    );
    const expected = inPod(({ spec }) => {
      spec.securityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
      spec.automountServiceAccountToken = false;
      for (const each of [...spec.initContainers, ...spec.containers]) {
        each.securityContext = { ...each.securityContext, capabilities: { drop: ["ALL"] } };
      }
    });
    assert.deepEqual(mended, expected);
  });

  it("keeps what was dropped and what was added", () => {
    const object = inPod(({ spec }) => {
      const capabilities = { drop: ["KILL"], add: ["CHOWN"] };
      spec.containers = [{ name: "web", securityContext: { capabilities } }];
    });
    const { mended } = mend(object, ["P19"]);
    assert.deepEqual(mended.spec?.containers?.[0]?.securityContext?.capabilities, {
      drop: ["KILL", "ALL"],
      add: ["CHOWN"],
    });
  });

  const left: [what: string, id: string, change: Parameters<typeof inPod>[0]][] = [
    [
      "a seccomp profile that somebody chose",
      "P12",
      ({ spec }) =>
        Object.assign(spec, { securityContext: { seccompProfile: { type: "Unconfined" } } }),
    ],
    [
      "containers that all have a profile",
      "P12",
      ({ spec }) => {
        for (const each of [...spec.initContainers, ...spec.containers])
          each.securityContext = { seccompProfile: { type: "Localhost" } };
      },
    ],
    [
      "a token that somebody asked for",
      "P27",
      ({ spec }) => Object.assign(spec, { automountServiceAccountToken: true }),
    ],
    ["a pod without containers", "P27", ({ spec }) => Object.assign(spec, { containers: null })],
    [
      "empty containers",
      "P19",
      ({ spec }) => Object.assign(spec, { containers: [null], initContainers: null }),
    ],
    ...["P12", "P19", "P27"].map((id): (typeof left)[number] => [
      `Windows (${id})`,
      id,
      ({ spec }) => Object.assign(spec, { os: { name: "windows" } }),
    ]),
  ];
  for (const [what, id, change] of left) {
    it(`leaves ${what} alone`, () => {
      const object = inPod(change);
      const { mended, by } = mend(object, [id]);
      assert.deepEqual([mended, by], [object, []]);
    });
  }

  it("leaves a missing profile where a stack keeps to the baseline", () => {
    const [subject] = fromManifest(inPod(() => {}));
    const rule = mending.find(({ id }) => id === "P12");
    assert.ok(subject && rule);
    assert.equal(rule.remediate?.(subject, { profile: "baseline" }), false);
  });

  it("leaves patches alone", () => {
    const [subject] = fromPulumi("kubernetes:core/v1:PodPatch", unlabelled(inPod(() => {})));
    assert.ok(subject);
    for (const rule of mending) assert.equal(rule.remediate?.(subject, {}), false, rule.id);
  });

  it("derives no label from a name that can be none, and none that only the author knows", () => {
    const named = (name: string | undefined, labels?: object) =>
      mend({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, ...(labels && { labels }) },
      } as KubernetesObject).mended.metadata?.labels;
    const managed = { "app.kubernetes.io/managed-by": "pulumi" };
    assert.deepEqual(named("web"), { "app.kubernetes.io/name": "web", ...managed });
    assert.deepEqual(named("a".repeat(64)), managed);
    assert.deepEqual(named(undefined), managed);
    assert.deepEqual(named("web", { "app.kubernetes.io/name": "site" }), {
      "app.kubernetes.io/name": "site",
      ...managed,
    });
    const [custom] = fromManifest({ apiVersion: "example.org/v1", kind: "Web", metadata: {} });
    const [bare] = fromManifest({ apiVersion: "v1", kind: "Service" });
    const rule = mending.find(({ id }) => id === "M4");
    assert.ok(custom && bare && rule);
    assert.equal(rule.remediate?.(custom, {}), false);
    assert.equal(rule.remediate?.(bare, {}), false);
    assert.equal(rule.remediate?.(bare, { labels: ["team"] }), false);
  });
});
