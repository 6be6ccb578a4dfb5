import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import { fromPulumi } from "#policy/model/subject";
import { gracefulStop } from "#policy/rules/probes/graceful-stop";
import { judgePod, one, pathsInPod, ports } from "./support/pods.ts";

describe("the time to stop", () => {
  const hook = "spec.containers[0].lifecycle.preStop";
  const grace = "spec.terminationGracePeriodSeconds";
  const stop = (preStop: unknown, seconds?: unknown, settings = {}, kind = "Deployment") =>
    pathsInPod(
      gracefulStop,
      kind,
      {
        terminationGracePeriodSeconds: seconds,
        ...one({ ports, lifecycle: preStop && { preStop } }),
      },
      settings,
    );
  const sleep = (seconds: number) => ({ sleep: { seconds } });

  it("is asked for by a hook or by a period of one's own", () => {
    assert.deepEqual(stop(undefined), [hook]);
    assert.deepEqual(stop({}), [hook]);
    assert.deepEqual(stop(undefined, null), [hook]);
    assert.deepEqual(stop(undefined, 20), []);
    for (const preStop of [sleep(5), { exec: { command: ["stop"] } }, { httpGet: { port: 1 } }]) {
      assert.deepEqual(stop(preStop), []);
    }
  });
  it("covers what the hook sleeps and what requests last", () => {
    assert.deepEqual(stop(sleep(20)), []);
    assert.deepEqual(stop(sleep(21)), [grace]);
    assert.deepEqual(stop(sleep(21), 31), []);
    assert.deepEqual(stop(sleep(21), 30), [grace]);
    assert.deepEqual(stop(undefined, 10), []);
    assert.deepEqual(stop(undefined, 9), [grace]);
    assert.deepEqual(stop(undefined, 0), [grace]);
    assert.deepEqual(stop(sleep(5), 34, { drainSeconds: 30 }), [grace]);
    assert.deepEqual(stop(sleep(5), 35, { drainSeconds: 30 }), []);
    assert.deepEqual(stop(undefined, 0, { drainSeconds: 0 }), []);
  });
  it("covers a command that sleeps, but can't tell what others do", () => {
    const command = (...words: unknown[]) => ({ exec: { command: words } });
    assert.deepEqual(stop(command("sleep", "21")), [grace]);
    assert.deepEqual(stop(command("sh", "-c", "sleep 21; stop")), [grace]);
    assert.deepEqual(stop(command("sh", "-c", "sleep 20")), []);
    assert.deepEqual(stop(command("oversleep", "99")), []);
    assert.deepEqual(stop({ exec: {} }), []);
  });
  it("covers the longest hook of all containers with ports", () => {
    const containers = [5, 25, 7].map((seconds) => ({
      name: `c${seconds}`,
      ports,
      lifecycle: { preStop: sleep(seconds) },
    }));
    assert.deepEqual(pathsInPod(gracefulStop, "Deployment", { containers }), [grace]);
    const initContainers = [{ ...containers[1], restartPolicy: "Always" }];
    const [short] = containers;
    assert.deepEqual(
      pathsInPod(gracefulStop, "Deployment", { containers: [short], initContainers }),
      [grace],
    );
    const [first] = initContainers.map((each) => ({ ...each, restartPolicy: undefined }));
    assert.deepEqual(
      pathsInPod(gracefulStop, "Deployment", { containers: [short], initContainers: [first] }),
      [],
    );
  });
  it("is told with what was found and what is needed", () => {
    const told = (seconds?: number) => {
      const spec = {
        ...one({ ports, lifecycle: { preStop: sleep(25) } }),
        terminationGracePeriodSeconds: seconds,
      };
      return judgePod(gracefulStop, "StatefulSet", spec)[0]?.message;
    };
    assert.match(told() ?? "", /^is missing, which means 30, .* sleep 25s .* 10s more; write 35 /);
    assert.match(told(9) ?? "", /^is 9, but/);
  });
  it("is not asked of containers without ports, other kinds and patches that leave it out", () => {
    assert.deepEqual(pathsInPod(gracefulStop, "Deployment", one({})), []);
    for (const kind of ["Job", "CronJob", "DaemonSet", "Pod"]) {
      assert.deepEqual(stop(undefined, undefined, {}, kind), [], kind);
    }
    const patched = (spec: object) => {
      const token = "kubernetes:apps/v1:DeploymentPatch";
      const [subject] = fromPulumi(token, { spec: { template: { spec } } as object });
      assert.ok(subject);
      return judgeOne(gracefulStop, subject, {}).map(({ path }) => path);
    };
    assert.deepEqual(patched(one({ ports })), []);
    assert.deepEqual(patched({ ...one({ ports }), terminationGracePeriodSeconds: 1 }), [
      `spec.template.${grace}`,
    ]);
    assert.deepEqual(patched({ terminationGracePeriodSeconds: 1 }), []);
  });
});
