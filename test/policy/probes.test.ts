import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import type { ObjectRule } from "#policy/model/rule";
import { fromManifest, fromPulumi } from "#policy/model/subject";
import { gracefulStop } from "#policy/rules/probes/graceful-stop";
import { livenessProbe } from "#policy/rules/probes/liveness-probe";
import { probePorts } from "#policy/rules/probes/probe-ports";
import { probesDiffer } from "#policy/rules/probes/probes-differ";
import { readinessProbe } from "#policy/rules/probes/readiness-probe";

function judge(rule: ObjectRule, kind: string, spec: object, settings = {}) {
  const template =
    kind === "CronJob" ? { jobTemplate: { spec: { template: { spec } } } } : undefined;
  const apiVersion = { Pod: "v1", Job: "batch/v1", CronJob: "batch/v1" }[kind] ?? "apps/v1";
  const own = kind === "Pod" ? spec : (template ?? { template: { spec } });
  const [subject] = fromManifest({ apiVersion, kind, metadata: { name: "w" }, spec: own });
  assert.ok(subject);
  return judgeOne(rule, subject, settings);
}

const paths = (rule: ObjectRule, kind: string, spec: object, settings = {}) =>
  judge(rule, kind, spec, settings).map(({ path }) =>
    path.replace(/^spec\.(jobTemplate\.spec\.)?template\./, ""),
  );

const ports = [{ name: "http", containerPort: 8080 }];
const one = (container: object) => ({ containers: [{ name: "c", ...container }] });
const long = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"];
const short = ["Job", "CronJob"];

describe("liveness and readiness", () => {
  const missing = {
    live: "spec.containers[0].livenessProbe",
    ready: "spec.containers[0].readinessProbe",
  };
  it("are asked of what runs on and on", () => {
    for (const kind of long) {
      assert.deepEqual(paths(livenessProbe, kind, one({ ports })), [missing.live], kind);
      assert.deepEqual(paths(readinessProbe, kind, one({ ports })), [missing.ready], kind);
    }
  });
  it("are not asked of what ends by itself", () => {
    const ends = short.map((kind) => [kind, one({ ports })] as const);
    const pods = ["Never", "OnFailure"].map(
      (restartPolicy) => ["Pod", { restartPolicy, ...one({ ports }) }] as const,
    );
    for (const [kind, spec] of [...ends, ...pods]) {
      assert.deepEqual(paths(livenessProbe, kind, spec), [], kind);
      assert.deepEqual(paths(readinessProbe, kind, spec), [], kind);
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
    assert.deepEqual(paths(livenessProbe, "Deployment", spec), [`${at}.livenessProbe`]);
    assert.deepEqual(paths(readinessProbe, "Deployment", spec), [`${at}.readinessProbe`]);
  });
  it("of a container without ports: only whether it lives", () => {
    assert.deepEqual(paths(livenessProbe, "Deployment", one({})), [missing.live]);
    assert.deepEqual(paths(readinessProbe, "Deployment", one({})), []);
    assert.deepEqual(paths(readinessProbe, "Deployment", one({ ports: [] })), []);
  });
  it("may be told in any way, but not in none", () => {
    const ways = [{ exec: {} }, { httpGet: {} }, { tcpSocket: {} }, { grpc: {} }];
    for (const probe of ways) {
      const spec = one({ ports, livenessProbe: probe, readinessProbe: probe });
      assert.deepEqual(paths(livenessProbe, "Deployment", spec), []);
      assert.deepEqual(paths(readinessProbe, "Deployment", spec), []);
    }
    for (const probe of [null, {}, { periodSeconds: 5 }, { httpGet: null }]) {
      const spec = one({ ports, livenessProbe: probe, readinessProbe: probe });
      assert.deepEqual(paths(livenessProbe, "Deployment", spec), [missing.live]);
      assert.deepEqual(paths(readinessProbe, "Deployment", spec), [missing.ready]);
    }
  });
});

describe("two probes", () => {
  const same = (liveness: unknown, readiness: unknown) =>
    paths(probesDiffer, "Job", one({ livenessProbe: liveness, readinessProbe: readiness }))
      .length === 1;
  const http = { httpGet: { path: "/", port: 80 } };
  it("are the same where they do the same at the same times, defaults included", () => {
    const written = { scheme: "HTTP", host: "", ...http.httpGet };
    const defaults = {
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
      terminationGracePeriodSeconds: 5,
    };
    assert.ok(same(http, http));
    assert.ok(same({ httpGet: { port: 80 } }, { httpGet: written, ...defaults }));
    assert.ok(same({ exec: { command: ["a", "b"] } }, { exec: { command: ["a", "b"] } }));
    assert.ok(same({ tcpSocket: { port: 1 } }, { tcpSocket: { port: 1, host: "" } }));
    assert.ok(same({ grpc: { port: 1 } }, { grpc: { service: "", port: 1 } }));
  });
  for (const [what, other] of [
    ["path", { httpGet: { path: "/x", port: 80 } }],
    ["port", { httpGet: { path: "/", port: 81 } }],
    ["scheme", { httpGet: { path: "/", port: 80, scheme: "HTTPS" } }],
    ["host", { httpGet: { path: "/", port: 80, host: "x" } }],
    ["handler", { tcpSocket: { port: 80 } }],
    ["delay", { ...http, initialDelaySeconds: 1 }],
    ["period", { ...http, periodSeconds: 1 }],
    ["timeout", { ...http, timeoutSeconds: 2 }],
    ["patience", { ...http, failureThreshold: 1 }],
  ] as const) {
    it(`differ by their ${what}`, () => {
      assert.ok(!same(http, other));
      assert.ok(!same(other, http));
    });
  }
  it("differ by what their commands, sockets and services are", () => {
    assert.ok(!same({ exec: { command: ["a"] } }, { exec: { command: ["b"] } }));
    assert.ok(!same({ tcpSocket: { port: 1 } }, { tcpSocket: { port: 2 } }));
    assert.ok(!same({ tcpSocket: { port: 1 } }, { tcpSocket: { port: 1, host: "x" } }));
    assert.ok(!same({ grpc: { port: 1, service: "a" } }, { grpc: { port: 1, service: "b" } }));
    assert.ok(!same({ grpc: { port: 1 } }, { grpc: { port: 2 } }));
    assert.ok(!same({ grpc: { port: 1 } }, { tcpSocket: { port: 1 } }));
  });
  it("are not compared where there is none", () => {
    assert.ok(!same(undefined, undefined));
    assert.ok(!same(http, undefined));
    assert.ok(!same({}, {}));
  });
});

describe("a probe's port", () => {
  const found = (probe: object, declared: unknown = ports, field = "livenessProbe") =>
    paths(probePorts, "Job", one({ ports: declared, [field]: probe }));
  const at = "spec.containers[0].livenessProbe";
  it("is one that the container declares, by name or number", () => {
    for (const port of ["http", 8080, "8080"]) {
      assert.deepEqual(found({ httpGet: { port } }), [], `${port}`);
      assert.deepEqual(found({ tcpSocket: { port } }), [], `${port}`);
    }
    assert.deepEqual(found({ grpc: { port: 8080 } }), []);
  });
  it("is none that the container does not declare", () => {
    for (const port of ["https", 8081, "8081", undefined, null, ""]) {
      assert.deepEqual(found({ httpGet: { port } }), [`${at}.httpGet.port`], `${port}`);
    }
    assert.deepEqual(found({ tcpSocket: { port: 1 } }), [`${at}.tcpSocket.port`]);
    assert.deepEqual(found({ grpc: { port: 1 } }), [`${at}.grpc.port`]);
    assert.deepEqual(found({ grpc: { port: 1 } }, null), [`${at}.grpc.port`]);
    assert.deepEqual(found({ grpc: { port: 1 } }, [null]), [`${at}.grpc.port`]);
    assert.deepEqual(found({ httpGet: { port: undefined } }, [{ containerPort: 1 }]), [
      `${at}.httpGet.port`,
    ]);
  });
  it("is judged in all three probes", () => {
    for (const field of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      const path = `spec.containers[0].${field}.tcpSocket.port`;
      assert.deepEqual(found({ tcpSocket: { port: 1 } }, ports, field), [path]);
    }
  });
  it("does not matter for commands and for other hosts", () => {
    assert.deepEqual(found({ exec: { command: ["true"] } }), []);
    assert.deepEqual(found({ httpGet: { port: 1, host: "x" } }), []);
    assert.deepEqual(found({ tcpSocket: { port: 1, host: "x" } }), []);
  });
  it("is told with what may be written instead", () => {
    const message = (declared: object[]) =>
      judge(
        probePorts,
        "Job",
        one({ ports: declared, livenessProbe: { tcpSocket: { port: 1 } } }),
      )[0]?.message;
    const ends = (declared: object[], end: string) =>
      assert.ok(message(declared)?.endsWith(end), message(declared));
    ends([{ name: "a", containerPort: 2 }, { containerPort: 3 }, {}], "write a or 3");
    ends([], "write a port that it declares");
  });
});

describe("the time to stop", () => {
  const hook = "spec.containers[0].lifecycle.preStop";
  const grace = "spec.terminationGracePeriodSeconds";
  const stop = (preStop: unknown, seconds?: unknown, settings = {}, kind = "Deployment") =>
    paths(
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
    assert.deepEqual(paths(gracefulStop, "Deployment", { containers }), [grace]);
    const initContainers = [{ ...containers[1], restartPolicy: "Always" }];
    const [short] = containers;
    assert.deepEqual(paths(gracefulStop, "Deployment", { containers: [short], initContainers }), [
      grace,
    ]);
    const [first] = initContainers.map((each) => ({ ...each, restartPolicy: undefined }));
    assert.deepEqual(
      paths(gracefulStop, "Deployment", { containers: [short], initContainers: [first] }),
      [],
    );
  });
  it("is told with what was found and what is needed", () => {
    const told = (seconds?: number) => {
      const spec = {
        ...one({ ports, lifecycle: { preStop: sleep(25) } }),
        terminationGracePeriodSeconds: seconds,
      };
      return judge(gracefulStop, "StatefulSet", spec)[0]?.message;
    };
    assert.match(told() ?? "", /^is missing, which means 30, .* sleep 25s .* 10s more; write 35 /);
    assert.match(told(9) ?? "", /^is 9, but/);
  });
  it("is not asked of containers without ports, other kinds and patches that leave it out", () => {
    assert.deepEqual(paths(gracefulStop, "Deployment", one({})), []);
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
