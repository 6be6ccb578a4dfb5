import assert from "node:assert/strict";
import { livenessProbe } from "#policy/rules/probes/liveness-probe";
import { readinessProbe } from "#policy/rules/probes/readiness-probe";
import { one, pathsInPod, ports } from "./support/pods.ts";

const long = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"];
const short = ["Job", "CronJob"];

describe("liveness and readiness", () => {
  const missing = {
    live: "spec.containers[0].livenessProbe",
    ready: "spec.containers[0].readinessProbe",
  };
  it("are asked of what runs on and on", () => {
    for (const kind of long) {
      assert.deepEqual(pathsInPod(livenessProbe, kind, one({ ports })), [missing.live], kind);
      assert.deepEqual(pathsInPod(readinessProbe, kind, one({ ports })), [missing.ready], kind);
    }
  });
  it("are not asked of what ends by itself", () => {
    const ends = short.map((kind) => [kind, one({ ports })] as const);
    const pods = ["Never", "OnFailure"].map(
      (restartPolicy) => ["Pod", { restartPolicy, ...one({ ports }) }] as const,
    );
    for (const [kind, spec] of [...ends, ...pods]) {
      assert.deepEqual(pathsInPod(livenessProbe, kind, spec), [], kind);
      assert.deepEqual(pathsInPod(readinessProbe, kind, spec), [], kind);
    }
  });
  it("are asked of sidecars, but not of other init containers and ephemeral ones", () => {
    const probe = { tcpSocket: { port: 1 } };
    const good = { name: "c", ports, livenessProbe: probe, readinessProbe: probe };
    const spec = {
      containers: [good],
      initContainers: [
        { name: "i", ports },
        { name: "s", ports, restartPolicy: "Always" },
        { name: "o", ports, restartPolicy: "OnFailure" },
      ],
      ephemeralContainers: [{ name: "e", ports }],
    };
    const at = "spec.initContainers[1]";
    assert.deepEqual(pathsInPod(livenessProbe, "Deployment", spec), [`${at}.livenessProbe`]);
    assert.deepEqual(pathsInPod(readinessProbe, "Deployment", spec), [`${at}.readinessProbe`]);
  });
  it("of a container without ports: only whether it lives", () => {
    assert.deepEqual(pathsInPod(livenessProbe, "Deployment", one({})), [missing.live]);
    assert.deepEqual(pathsInPod(readinessProbe, "Deployment", one({})), []);
    assert.deepEqual(pathsInPod(readinessProbe, "Deployment", one({ ports: [] })), []);
  });
  it("may be told in any way, but not in none", () => {
    const ways = [{ exec: {} }, { httpGet: {} }, { tcpSocket: {} }, { grpc: {} }];
    for (const probe of ways) {
      const spec = one({ ports, livenessProbe: probe, readinessProbe: probe });
      assert.deepEqual(pathsInPod(livenessProbe, "Deployment", spec), []);
      assert.deepEqual(pathsInPod(readinessProbe, "Deployment", spec), []);
    }
    for (const probe of [null, {}, { periodSeconds: 5 }, { httpGet: null }]) {
      const spec = one({ ports, livenessProbe: probe, readinessProbe: probe });
      assert.deepEqual(pathsInPod(livenessProbe, "Deployment", spec), [missing.live]);
      assert.deepEqual(pathsInPod(readinessProbe, "Deployment", spec), [missing.ready]);
    }
  });
});
