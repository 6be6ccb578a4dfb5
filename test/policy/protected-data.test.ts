import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { fromPulumi, type PulumiFacts } from "#policy/model/subject";
import { protectedData } from "#policy/rules/pulumi/protected-data";

const judge = (token: string, body: object, options: Partial<PulumiFacts> = {}) =>
  fromPulumi(`kubernetes:${token}`, body as KubernetesObject, {
    urn: "urn",
    protect: false,
    ignoreChanges: [],
    ...options,
  }).flatMap((subject) => judgeOne(protectedData, subject, {}).map(({ path }) => path));

const claim = "core/v1:PersistentVolumeClaim";
const set = (policy: object | null, volumeClaimTemplates: unknown = [{}]) => ({
  spec: { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy: policy },
});
const retention = "spec.persistentVolumeClaimRetentionPolicy";

describe("protected-data", () => {
  const keep = { metadata: { annotations: { "helm.sh/resource-policy": "keep" } } };
  const deleted = { whenDeleted: "Delete" };
  const scaled = { whenScaled: "Delete" };
  const cases: [what: string, found: string[], expected: string[]][] = [
    ["asks for protected claims", judge(claim, {}), ["options.protect"]],
    ["takes protected ones", judge(claim, {}, { protect: true }), []],
    ["takes those that a chart keeps", judge(claim, keep), []],
    ["asks nothing of a patch", judge(`${claim}Patch`, {}), []],
    [
      "lets a StatefulSet keep its claims, which is the default",
      judge("apps/v1:StatefulSet", set(null)),
      [],
    ],
    [
      "lets it delete none with itself",
      judge("apps/v1:StatefulSet", set(deleted)),
      [`${retention}.whenDeleted`],
    ],
    ["unless it is protected", judge("apps/v1:StatefulSet", set(deleted), { protect: true }), []],
    [
      "lets it delete none with a replica",
      judge("apps/v1:StatefulSet", set(scaled), { protect: true }),
      [`${retention}.whenScaled`],
    ],
    ["asks nothing where there are no claims", judge("apps/v1:StatefulSet", set(scaled, [])), []],
    ["asks nothing of other kinds", judge("apps/v1:Deployment", set(deleted)), []],
    ["survives an empty object", judge("apps/v1:StatefulSet", { spec: null }), []],
  ];
  for (const [what, found, expected] of cases) {
    it(what, () => assert.deepEqual(found, expected));
  }

  const hides = [
    "spec",
    "*",
    "spec.template.spec.securityContext",
    "spec.template.spec.securityContext.runAsUser",
    "spec.template.spec.containers",
    "spec.template.spec.containers[0]",
    'spec.template.spec.initContainers[*]["securityContext"].privileged',
    "spec.template.spec.ephemeralContainers[1].securityContext",
  ];
  for (const path of hides) {
    it(`does not let ${path} be ignored in a Deployment`, () => {
      const found = judge("apps/v1:Deployment", {}, { ignoreChanges: ["metadata", path] });
      assert.deepEqual(found, ["options.ignoreChanges[1]"]);
    });
  }

  const shows = [
    "spec.replicas",
    "metadata.annotations",
    "spec.template.metadata",
    "spec.template.spec.containers[0].image",
    "spec.template.spec.containers[*].env",
  ];
  it("lets fields be ignored that have nothing to do with it", () => {
    assert.deepEqual(judge("apps/v1:Deployment", {}, { ignoreChanges: shows }), []);
    assert.deepEqual(judge("core/v1:Service", {}, { ignoreChanges: ["spec"] }), []);
  });

  it("knows where a pod's fields are in each kind", () => {
    const ignoreChanges = ["spec.securityContext"];
    assert.equal(judge("core/v1:Pod", {}, { ignoreChanges }).length, 1);
    assert.equal(judge("batch/v1:CronJob", {}, { ignoreChanges }).length, 0);
  });
});
