import assert from "node:assert/strict";
import { nextEpoch } from "#operate/failover";

type Said = Parameters<typeof nextEpoch>[0];

describe("the epoch of a region's failover", () => {
  /** "standby 1" for each region; first the one that shall be the writer. */
  const next = (...said: (string | undefined)[]) =>
    nextEpoch(
      said.map((one) => {
        const [role = "", epoch] = one?.split(" ") ?? [];
        return one ? { name: "x", role, epoch: Number(epoch), address: "x" } : undefined;
      }) as Said,
    );

  it("is the one after the writer's", () => {
    assert.equal(next("standby 1", "writer 1", "standby 1"), 2);
  });

  it("stays the same while regions are fenced, and once one is promoted", () => {
    assert.equal(next("standby 1", "standby 2", "standby 1"), 2);
    assert.equal(next("standby 1", "standby 2", "standby 2"), 2);
    assert.equal(next("writer 2", "standby 2", "standby 2"), 2);
  });

  it("stays the same where the old writer is lost", () => {
    assert.equal(next("standby 1", "writer 1", "standby 2"), 2);
    assert.equal(next("writer 2", "writer 1", "standby 2"), 2);
  });

  it("is a new one for a region that was a standby in the last", () => {
    assert.equal(next("standby 2", "standby 2", "standby 2"), 3);
    assert.equal(next("standby 2", "writer 2"), 3);
  });

  it("is the latest that anybody knows, for a region that has said nothing", () => {
    assert.equal(next(undefined, "standby 3"), 3);
  });
});
