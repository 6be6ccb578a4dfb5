import assert from "node:assert/strict";
import { sessionAffinity } from "#policy/rules/availability/session-affinity";
import { autoscaler, made, reported, workload } from "./support/judging.ts";

const relay = { name: "relay", image: "ghcr.io/mcp-mesh/session-relay:0.1.0" };

/** A workload whose clients have sessions, as its annotation says. */
function sessionful(spec: object, podSpec: object = {}) {
  const object = workload("Deployment", "web", spec, podSpec);
  const annotations = { "policy.mcp-mesh.dev/profile": "sessionful" };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
const service = (spec: object = {}) =>
  made("v1", "Service", "web", { selector: { app: "web" }, ports: [{ port: 80 }], ...spec });

describe("what has sessions", () => {
  const bad = ["Deployment mesh/web: spec.replicas"];

  it("may be one pod, and not several behind a Service that sends requests to any", () => {
    assert.deepEqual(reported(sessionAffinity, [sessionful({ replicas: 1 }), service()]), []);
    assert.deepEqual(reported(sessionAffinity, [sessionful({ replicas: 2 }), service()]), bad);
    const any = workload("Deployment", "web", { replicas: 2 });
    assert.deepEqual(reported(sessionAffinity, [any, service()]), []);
  });

  it("counts the pods that an autoscaler may make", () => {
    const objects = [sessionful({}), autoscaler("web", { minReplicas: 1 }), service()];
    assert.deepEqual(reported(sessionAffinity, objects), bad);
  });

  it("may be several with a relay that outlives the server, or with affinity", () => {
    const beside = (initContainers: object[]) =>
      reported(sessionAffinity, [sessionful({ replicas: 2 }, { initContainers }), service()]);
    assert.deepEqual(beside([{ ...relay, restartPolicy: "Always" }]), []);
    assert.deepEqual(beside([relay]), bad);
    assert.deepEqual(beside([{ ...relay, restartPolicy: "Always", image: "nginx:1" }]), bad);
    const affine = service({ sessionAffinity: "ClientIP" });
    assert.deepEqual(reported(sessionAffinity, [sessionful({ replicas: 2 }), affine]), []);
  });

  it("is none of the rule's business where no Service stands before it", () => {
    const headless = service({ clusterIP: "None" });
    assert.deepEqual(reported(sessionAffinity, [sessionful({ replicas: 2 }), headless]), []);
  });
});
