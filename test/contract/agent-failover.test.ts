import assert from "node:assert/strict";
import { DependencyUnavailableError } from "mcp-mesh-types";
import { metrics } from "#packages/mcp-mesh/src/metrics";
import { Caller, Pods } from "#test/contract/agent-calls-support";
import { eventually } from "#test/support/eventually";

const [A, B, C] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;

describe("A call of another agent's pods", function () {
  this.timeout(60_000);
  let pods: Pods;
  let caller: Caller;

  beforeEach(() => {
    caller = new Caller();
  });
  afterEach(async () => {
    caller.dependencies.close();
    await pods?.stopAll();
  });

  const endpoint = (host: string) => `http://${host}:${pods.port}`;
  /** The pods behind a Service whose name leads nowhere. */
  const wire = (addresses: string[], more: object = {}) =>
    caller.wire({ endpoint: endpoint("pods.mesh.invalid"), pods: addresses, ...more });
  const repeat = (times: number, message = "hello", options = {}) =>
    Promise.all(Array.from({ length: times }, () => caller.call(message, options)));

  it("goes to the pod's address, under the Service's name, with the time that is left", async () => {
    pods = await Pods.start(A);
    wire([A]);
    assert.equal(await caller.call("hello", { timeoutMs: 5_000 }), A);
    const { hosts, timeouts } = await pods.facts(A);
    assert(hosts.every((host) => host === `pods.mesh.invalid:${pods.port}`));
    const [seconds] = timeouts;
    assert(Number(seconds) > 3 && Number(seconds) <= 5, seconds);
  });

  it("is spread over the pods", async () => {
    pods = await Pods.start(A, B);
    wire([A, B]);
    assert.deepEqual(new Set(await repeat(40)), new Set([A, B]));
    assert.deepEqual(await pods.calls(A, B), [20, 20]);
  });

  it("stays in the caller's zone while somebody is there, and leaves it when nobody is", async () => {
    pods = await Pods.start(A, B);
    caller = new Caller({ zone: "east" });
    wire([A, B], { zones: { [A]: "east", [B]: "west" } });
    for (let call = 0; call < 10; call++) assert.equal(await caller.call("hello"), A);
    await pods.stop(A);
    for (let call = 0; call < 10; call++) assert.equal(await caller.call("hello"), B);
  });

  it("is made elsewhere where nobody listens, whatever the tool", async () => {
    pods = await Pods.start(A);
    wire([B, C, A], { capability: "payment", function_name: "pay" });
    const answers = await repeat(20, "hello", { capability: "payment" });
    assert(answers.every((answer) => answer === A));
    assert.deepEqual(await pods.calls(A), [20]);
    assert.match(
      await metrics.metrics(),
      /^mcp_mesh_dependency_failovers_total\{.*payment.* [1-9]/m,
    );
  });

  it("is made once more elsewhere when the pod dies over it, where the tool allows that", async () => {
    pods = await Pods.start(A, B);
    wire([A, B], { idempotent: true });
    await repeat(4);
    const answers = await repeat(10, `die at ${A}`);
    assert(answers.every((answer) => answer === B));
  });

  it("is not made once more when the pod dies over it, where it may have had an effect", async () => {
    pods = await Pods.start(A, B);
    wire([A, B], { capability: "payment", function_name: "pay" });
    await repeat(4, "hello", { capability: "payment" });
    const before = await pods.calls(B);
    const both = ["a", "b"].map(() => caller.call(`die at ${A}`, { capability: "payment" }));
    const failed = (await Promise.allSettled(both)).filter(({ status }) => status === "rejected");
    assert.equal(failed.length, 1, "one went to each");
    const [{ reason }] = failed as [PromiseRejectedResult];
    assert(DependencyUnavailableError.is(reason), String(reason));
    assert.deepEqual(await pods.calls(B), [(before[0] ?? 0) + 1]);
  });

  it("goes to the Service when none of the known pods is there any more", async () => {
    pods = await Pods.start(C);
    caller.wire({ endpoint: endpoint(C), pods: [A, B] });
    for (let call = 0; call < 5; call++) assert.equal(await caller.call("hello"), C);
  });

  it("leaves a pod alone that nobody listens at, and comes back to it when somebody does", async () => {
    pods = await Pods.start(A);
    wire([A, B]);
    await repeat(10);
    assert.match(await metrics.metrics(), /^mcp_mesh_endpoints\{state="open"\} 1$/m);
    await pods.add(B);
    await eventually("calls at the pod that came back", 10, async () => {
      await repeat(4);
      return ((await pods.calls(B))[0] ?? 0) > 0;
    });
    assert.match(await metrics.metrics(), /^mcp_mesh_endpoints\{state="open"\} 0$/m);
  });

  it("fails at once while all that it could go to is left alone", async () => {
    pods = await Pods.start(A);
    caller.wire({ endpoint: endpoint(B) });
    const refusal = async () => {
      const error = await caller.call("hello").then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert(DependencyUnavailableError.is(error), String(error));
      return error.message;
    };
    assert.match(await refusal(), /does not answer \(.*ECONNREFUSED/);
    assert.match(await refusal(), /does not answer/);
    assert.match(await refusal(), /failed too often just now/);
    await pods.add(B);
    await eventually("calls after the pause", 10, () =>
      caller.call("hello").then(
        () => true,
        () => false,
      ),
    );
  });

  it("ends in its own time at a pod that the registry no longer names", async () => {
    pods = await Pods.start(A, B);
    wire([A], { capability: "payment", function_name: "pay" });
    const giveUp = new AbortController();
    const slow = caller.call("hang", { capability: "payment", signal: giveUp.signal });
    await eventually("the call", 10, async () => (await pods.calls(A))[0] === 1);
    wire([B], { capability: "payment", function_name: "pay" });
    assert.equal(await caller.call("hello", { capability: "payment" }), B);
    assert.equal((await pods.facts(A)).cancelled, 0, "it is still under way");
    giveUp.abort(new Error("enough"));
    await assert.rejects(slow, /enough/);
    await eventually("the tool hears of it", 10, async () => (await pods.facts(A)).cancelled === 1);
  });
});
