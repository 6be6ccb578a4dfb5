import assert from "node:assert/strict";
import { podDemand } from "#policy/model/demand";
import type { Container, PodSpec } from "#policy/model/kubernetes";
import type { Pod } from "#policy/model/pod";

describe("what a quota counts for a pod", () => {
  const container = (cpu?: string, more: object = {}): Container => ({
    ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }),
    ...more,
  });
  const demand = (spec: PodSpec, field: "requests" | "limits" = "requests", given = {}) =>
    podDemand({ spec } as Pod, field, "cpu", given) / 10n ** 6n;
  const sidecar = { restartPolicy: "Always" };

  it("is the sum of its containers and sidecars", () => {
    const containers = [container("100m"), container("200m")];
    assert.equal(demand({ containers }), 300n);
    assert.equal(demand({ containers, initContainers: [container("50m", sidecar)] }), 350n);
    assert.equal(demand({}), 0n);
  });
  it("is what an init container needs with the sidecars before it, if that is more", () => {
    const containers = [container("100m")];
    const init = container("500m");
    const beside = container("50m", sidecar);
    assert.equal(demand({ containers, initContainers: [init] }), 500n);
    assert.equal(demand({ containers, initContainers: [init, container("400m")] }), 500n);
    assert.equal(demand({ containers, initContainers: [beside, init] }), 550n);
    assert.equal(demand({ containers, initContainers: [init, beside] }), 500n);
    assert.equal(demand({ containers, initContainers: [container("90m")] }), 100n);
  });
  it("is what is set for the whole pod, where that is", () => {
    const spec = { containers: [container("100m")], resources: { requests: { cpu: "1" } } };
    assert.equal(demand(spec), 1000n);
    assert.equal(demand({ ...spec, overhead: { cpu: "10m" } }), 1010n);
  });
  it("takes what is left out from limits first, then from the LimitRange", () => {
    const bare = { containers: [container()] };
    const limited = { containers: [{ resources: { limits: { cpu: "300m" } } }] };
    const given = { default: { cpu: "500m" }, defaultRequest: { cpu: "50m" } };
    assert.equal(demand(bare, "requests", given), 50n);
    assert.equal(demand(bare, "limits", given), 500n);
    assert.equal(demand(bare, "requests", { default: { cpu: "500m" } }), 500n);
    assert.equal(demand(limited, "requests", given), 300n);
    assert.equal(demand(limited, "limits", given), 300n);
    assert.equal(demand({ containers: [container("10m")] }, "limits"), 0n);
  });
});
