import assert from "node:assert/strict";
import { type Call, callTarget } from "#packages/mcp-mesh/src/calls/failover";

const REFUSED = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const BROKEN = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const ANSWER = { content: [] };

/** An endpoint whose attempts end as told, the last way for good. */
function endpoint(...ends: (Error | typeof ANSWER)[]) {
  const asked = { times: 0 };
  const call = async () => {
    const end = ends[Math.min(asked.times++, ends.length - 1)];
    if (end instanceof Error) throw end;
    return end;
  };
  return { asked, url: "http://pods", weight: 100, inFlight: 0, admits: () => true, call };
}
type Fake = ReturnType<typeof endpoint>;

function make(pods: Fake[], service: Fake, idempotent = false, limitMs = 10_000) {
  const target = { agent: "pods", tool: "echo", idempotent, pods, service };
  const call = { capability: "echo", target, args: {}, limitMs, signal: undefined };
  return callTarget(call as unknown as Call, undefined, undefined);
}

describe("A call that fails", () => {
  it("is made at the Service however many pods there are at which nobody listens", async () => {
    const pods = Array.from({ length: 9 }, () => endpoint(REFUSED));
    assert.equal(await make(pods, endpoint(ANSWER)), ANSWER);
    assert.deepEqual(new Set(pods.map(({ asked }) => asked.times)), new Set([1]));
  });

  it("gives the Service time to lead to a pod that listens", async () => {
    const service = endpoint(REFUSED, REFUSED, REFUSED, ANSWER);
    assert.equal(await make([], service), ANSWER);
  });

  it("ends when the Service had that time, and no sooner than its limit allows", async () => {
    const service = endpoint(REFUSED);
    await assert.rejects(make([endpoint(REFUSED)], service), { code: "unavailable" });
    assert.equal(service.asked.times, 4);
    const hasty = endpoint(REFUSED);
    await assert.rejects(make([], hasty, false, 299), { code: "unavailable" });
    assert.equal(hasty.asked.times, 2);
  });

  it("burdens four of those who break over it at most, the Service last", async () => {
    const pods = Array.from({ length: 9 }, () => endpoint(BROKEN));
    const service = endpoint(BROKEN);
    await assert.rejects(make(pods, service, true), { code: "unavailable" });
    assert.equal(pods.filter(({ asked }) => asked.times > 0).length, 3);
    assert.equal(service.asked.times, 1);
  });
});
