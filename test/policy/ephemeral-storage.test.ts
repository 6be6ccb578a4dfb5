import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import { fromManifest } from "#policy/model/subject";
import { ephemeralStorage } from "#policy/rules/resources/ephemeral-storage";

function paths(spec: object) {
  const [subject] = fromManifest({ apiVersion: "v1", kind: "Pod", spec });
  assert.ok(subject);
  return judgeOne(ephemeralStorage, subject, {}).map(({ path }) => path);
}

const of = (requests: unknown, limits: unknown) => ({
  name: "c",
  resources: {
    requests: { "ephemeral-storage": requests },
    limits: { "ephemeral-storage": limits },
  },
});

describe("the node's disk", () => {
  const request = "spec.containers[0].resources.requests.ephemeral-storage";
  const limit = "spec.containers[0].resources.limits.ephemeral-storage";
  it("is requested and limited by every container", () => {
    assert.deepEqual(paths({ containers: [of("1Mi", "1Gi")] }), []);
    assert.deepEqual(paths({ containers: [of(undefined, "1Gi")] }), [request]);
    assert.deepEqual(paths({ containers: [of("1Mi", null)] }), [limit]);
    assert.deepEqual(paths({ containers: [of(0, "0Mi")] }), [request, limit]);
    assert.deepEqual(paths({ containers: [of("-1", "some")] }), [request, limit]);
    assert.deepEqual(paths({}), [request, limit]);
  });
  it("can't be limited for the pod as a whole, nor for ephemeral containers", () => {
    const { resources } = of("1Mi", "1Mi");
    assert.deepEqual(paths({ resources, containers: [{ name: "c" }] }), [request, limit]);
    const ephemeralContainers = [{ name: "shell" }];
    assert.deepEqual(paths({ containers: [of(1, 1)], ephemeralContainers }), []);
  });
  it("is limited for each emptyDir, in memory too, and for no other volume", () => {
    const found = (...volumes: unknown[]) => paths({ volumes, containers: [of(1, 1)] });
    const path = ["spec.volumes[0].emptyDir.sizeLimit"];
    assert.deepEqual(found({ name: "v", emptyDir: { sizeLimit: "1Mi" } }), []);
    for (const emptyDir of [{}, { medium: "Memory" }, { sizeLimit: 0 }, { sizeLimit: "much" }]) {
      assert.deepEqual(found({ name: "v", emptyDir }), path, JSON.stringify(emptyDir));
    }
    for (const volume of [{ name: "v" }, { name: "v", configMap: null }, null]) {
      assert.deepEqual(found(volume), path, JSON.stringify(volume));
    }
    assert.deepEqual(found({ name: "v", configMap: { name: "c" } }), []);
  });
});
