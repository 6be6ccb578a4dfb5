import assert from "node:assert/strict";
import { nextOf } from "#services/dashboard/src/api";
import { addressOf, createLimiter } from "#services/dashboard/src/auth/limit";

describe("the dashboard's limit of tries", () => {
  let now = 0;
  const seconds = (count: number) => {
    now += count * 1000;
  };
  beforeEach(() => {
    now = 0;
  });
  const limiter = () => createLimiter(() => now);

  it("lets five tries pass, then makes each next one wait twice as long, up to a quarter of an hour", () => {
    const { take } = limiter();
    for (let count = 0; count < 5; count++) assert.equal(take("a"), 0);
    const pauses = [];
    for (let count = 0; count < 12; count++) {
      const pause = take("a");
      pauses.push(pause);
      seconds(pause);
      assert.equal(take("a"), 0);
    }
    assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    assert.equal(take("b"), 0);
    seconds(3_600);
    assert.equal(take("a"), 0);
    assert.equal(take("a"), 0);
  });

  it("forgets the tries of who gets it right", () => {
    const { take, succeeded } = limiter();
    for (let count = 0; count < 30; count++) {
      assert.equal(take("a"), 0);
      succeeded("a");
    }
  });

  it("lets no more than one try a second pass in the long run, from however many addresses", () => {
    const { take } = limiter();
    const passed = (from: string) =>
      Array.from({ length: 200 }, (_, index) => take(`${from}${index}`)).filter((wait) => !wait);
    assert.equal(passed("a").length, 60);
    seconds(10);
    assert.equal(passed("b").length, 10);
  });

  it("counts by what the outermost of its own proxies saw, and a whole IPv6 network as one", () => {
    const forged = "1.1.1.1, 203.0.113.9";
    assert.equal(addressOf("10.0.0.1", forged, 0), "10.0.0.1");
    assert.equal(addressOf("10.0.0.1", forged, 1), "203.0.113.9");
    assert.equal(addressOf("10.0.0.1", undefined, 1), "10.0.0.1");
    assert.equal(addressOf("10.0.0.1", "203.0.113.9", 2), "10.0.0.1");
    assert.equal(addressOf("::ffff:10.0.0.1", undefined, 0), "10.0.0.1");
    assert.equal(addressOf("2001:db8:1:2:3::4", undefined, 0), "2001:db8:1:2::/64");
    assert.equal(addressOf("2001:db8::9", undefined, 0), "2001:db8:0:0::/64");
    assert.equal(addressOf("::1", undefined, 0), "0:0:0:0::/64");
    assert.equal(addressOf("10.0.0.1", "<script>", 1), "unknown");
  });
});

describe("the way on after a login", () => {
  it("leads to runbooks and nowhere else", () => {
    assert.equal(nextOf("?next=runbooks%2FRegistryDown"), "runbooks/RegistryDown");
    assert.equal(nextOf("?next=runbooks/"), "runbooks/");
    const evil = ["//evil", "https://evil", "runbooks/..", "runbooks/a/b", "/runbooks/a", "x", ""];
    for (const next of evil) {
      assert.equal(nextOf(`?next=${encodeURIComponent(next)}`), undefined, next);
    }
  });
});
