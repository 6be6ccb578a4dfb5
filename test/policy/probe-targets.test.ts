import assert from "node:assert/strict";
import { probePorts } from "#policy/rules/probes/probe-ports";
import { probesDiffer } from "#policy/rules/probes/probes-differ";
import { judgePod, one, pathsInPod, ports } from "./support/pods.ts";

describe("two probes", () => {
  const same = (liveness: unknown, readiness: unknown) =>
    pathsInPod(probesDiffer, "Job", one({ livenessProbe: liveness, readinessProbe: readiness }))
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
    pathsInPod(probePorts, "Job", one({ ports: declared, [field]: probe }));
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
      judgePod(
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
