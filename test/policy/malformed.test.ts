import assert from "node:assert/strict";
import { ExemptionLedger } from "#policy/model/exemptions";
import { judge } from "#policy/model/judge";
import { fromManifest } from "#policy/model/subject";
import { images } from "#policy/rules/images/index";
import { pods } from "#policy/rules/pods/index";
import { probes } from "#policy/rules/probes/index";
import { resources } from "#policy/rules/resources/index";

const plans = [...pods, ...images, ...resources, ...probes].map((rule) => ({
  rule,
  level: rule.level,
  settings: {},
}));

function judged(...objects: object[]) {
  const subjects = objects.flatMap(fromManifest);
  const found = judge(subjects, plans, new ExemptionLedger(), true);
  return found.map(({ plan }) => plan.rule.id);
}

const deployment = (spec: object, name: unknown = "web") => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec,
});
const quota = {
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: {},
  spec: { hard: { pods: 1 } },
};

describe("an object that is not well formed", () => {
  it("may hold anything for a number of pods", () => {
    for (const spec of [
      { replicas: "many" },
      { replicas: 0.5, strategy: { rollingUpdate: { maxSurge: 0 } } },
      { replicas: -3 },
      { strategy: "Recreate" },
      { strategy: { rollingUpdate: { maxSurge: "abc" } } },
    ]) {
      const surges = typeof spec.strategy === "string";
      assert.equal(judged(deployment(spec), quota).includes("R7"), surges, JSON.stringify(spec));
    }
  });

  it("may name an image that is no text", () => {
    const spec = { template: { spec: { containers: [{ image: 7 }] } } };
    assert.deepEqual(
      judged(deployment(spec)).filter((id) => id.startsWith("I")),
      ["I1", "I2", "I3"],
    );
  });

  it("may have a name that means something in a pattern", () => {
    const containers = [
      {
        args: ["max_connections=5"],
        env: [
          { name: "DB_POOL_SIZE", value: "9" },
          { name: "H", value: "a.b" },
        ],
      },
    ];
    const template = { spec: { containers } };
    assert.ok(judged(deployment({ template }, "a.b")).includes("R8"));
    assert.ok(!judged(deployment({ template }, "a+b")).includes("R8"));
    assert.ok(!judged(deployment({ template }, "(")).includes("R8"));
  });

  it("may be a signing policy with holes", () => {
    const image = `reg.io/app@sha256:${"0".repeat(64)}`;
    const pod = { apiVersion: "v1", kind: "Pod", spec: { containers: [{ image }] } };
    const sigstore = (spec: object) => ({
      apiVersion: "policy.sigstore.dev/v1beta1",
      kind: "ClusterImagePolicy",
      spec,
    });
    const kyverno = (...rules: unknown[]) => ({
      apiVersion: "kyverno.io/v1",
      kind: "Policy",
      spec: { validationFailureAction: "Enforce", rules },
    });
    const attestors = [null, { entries: [{}] }];
    for (const policy of [
      sigstore({ images: [null, { glob: 7 }], authorities: [null, { key: {} }] }),
      kyverno(null, {}, { verifyImages: [null, { imageReferences: [7, null], attestors }] }),
    ]) {
      assert.ok(judged(pod, policy).includes("I6"));
    }
  });
});
