import assert from "node:assert/strict";
import fc from "fast-check";
import type { Announcement, Course } from "#config/region";
import { decide } from "#regions/course";
import { refusals, type Seen } from "#regions/turn";

const NAMES = ["eu", "us", "asia"];

interface Site {
  /** All that its stack ever announced; a reader may see any of it, the latest or not. */
  history: Announcement[];
  /** Whether its registry may be taking registrations at this moment. */
  takes: boolean;
  /** The update of its stack under way; the stack is locked as long. */
  update: { wanted: Announcement; applied: boolean } | undefined;
  off: boolean;
}

/** One thing that happens; `old` says how many announcements behind each reader is. */
interface Happening {
  kind: "begin" | "apply" | "announce" | "crash" | "up" | "off" | "global";
  site: number;
  role: Announcement["role"];
  /** Against the latest epoch anywhere. */
  step: number;
  old: number[];
}

const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom(
    ...(["begin", "apply", "announce", "crash", "up", "up", "up", "global"] as const),
    ...(["begin", "apply", "announce", "up", "global", "off"] as const),
  ),
  site: fc.nat(2),
  role: fc.constantFrom("writer", "standby"),
  step: fc.constantFrom(-1, 0, 0, 0, 1, 1),
  old: fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 3, maxLength: 3 }),
});

/** Regions whose stacks are brought up in any order, by many hands, with crashes and stale reads. */
class World {
  readonly sites: Site[];
  course: Course | undefined;
  promotions = 0;
  readonly #rule: typeof refusals;

  constructor(count: number, rule: typeof refusals) {
    this.#rule = rule;
    this.sites = Array.from({ length: count }, () => ({
      history: [],
      takes: false,
      update: undefined,
      off: false,
    }));
  }

  happen({ kind, site: number, role, step, old }: Happening) {
    const index = number % this.sites.length;
    const site = this.#site(index);
    if (kind === "global") return this.#global(index, old);
    if (site.off) return;
    if (kind === "begin" || kind === "up") this.#begin(index, role, step, old);
    if (kind === "apply" || kind === "up") this.#apply(site);
    if (kind === "announce" || kind === "up") this.#announce(site);
    // Whatever is half done stays half done.
    if (kind === "crash") site.update = undefined;
    if (kind === "off") Object.assign(site, { off: true, takes: false, update: undefined });
  }

  #site(index: number): Site {
    const site = this.sites[index];
    assert.ok(site);
    return site;
  }

  #begin(index: number, role: Announcement["role"], step: number, old: number[]) {
    const site = this.#site(index);
    if (site.update) return;
    const latest = this.sites.flatMap(({ history }) => history.at(-1)?.epoch ?? 0);
    const epoch = Math.max(1, Math.max(...latest) + step);
    const wanted = { name: NAMES[index] ?? "", role, epoch, address: "x" };
    const peers = this.#seen(old);
    delete peers[wanted.name];
    if (this.#rule(wanted, site.history.at(-1), peers).length > 0) return;
    site.update = { wanted, applied: false };
    // The first new pod takes registrations long before the update is done.
    if (role === "writer") site.takes = true;
  }

  #apply({ update }: Site) {
    if (!update) return;
    update.applied = true;
    const site = this.sites.find((one) => one.update === update);
    if (site && update.wanted.role === "standby") site.takes = false;
  }

  #announce(site: Site) {
    if (!site.update?.applied) return;
    if (site.update.wanted.role === "writer" && site.history.at(-1)?.role !== "writer") {
      this.promotions++;
    }
    site.history.push(site.update.wanted);
    site.update = undefined;
  }

  /** What a reader sees. A region that is off may be known to be lost, or not yet. */
  #seen(old: number[]): Record<string, Seen> {
    return Object.fromEntries(
      this.sites.map(({ history, off }, index) => {
        const behind = old[index] ?? 0;
        const said = history.at(Math.max(-1 - behind, -history.length));
        return [NAMES[index], { said, lost: off && behind === 0 }];
      }),
    );
  }

  #global(index: number, old: number[]) {
    const decided = decide(NAMES[index] ?? "", this.#seen(old), this.course);
    if (Array.isArray(decided)) return;
    assert.ok(decided.epoch >= (this.course?.epoch ?? 0), "the public name went back");
    this.course = decided;
    if (old.some((behind) => behind > 0)) return;
    const role = this.#site(index).history.at(-1)?.role;
    assert.equal(role, "writer", "the public name leads to a standby");
    // A fence that broke off after it was applied is not announced: then nobody takes any.
    const elsewhere = this.sites.some(({ takes }, other) => takes && other !== index);
    assert.ok(!elsewhere, "the public name leads past the writer");
  }

  check() {
    const taking = this.sites.flatMap(({ takes }, index) => (takes ? [NAMES[index]] : []));
    assert.ok(taking.length <= 1, `${taking.join(" and ")} both take registrations`);
  }
}

/** Looks for happenings after which two regions take registrations under that rule. */
function search(rule: typeof refusals, numRuns: number) {
  let promotions = 0;
  const property = fc.property(
    fc.integer({ min: 2, max: 3 }),
    fc.array(happening, { minLength: 20, maxLength: 80, size: "max" }),
    (count, happenings) => {
      const world = new World(count, rule);
      for (const one of happenings) {
        world.happen(one);
        world.check();
      }
      promotions += world.promotions;
    },
  );
  const { counterexample, errorInstance } = fc.check(property, { numRuns });
  const error = errorInstance instanceof Error ? errorInstance.message : undefined;
  return { error, counterexample, promotions };
}

describe("several regions, brought up in any order", function () {
  this.timeout(120_000);

  it("never take registrations in two of them, and the public name never leads to a standby", () => {
    const { promotions, error, counterexample } = search(refusals, 4000);
    assert.equal(error, undefined, JSON.stringify(counterexample, null, 1));
    assert.ok(promotions > 1000, `only ${promotions} promotions were tried`);
  });

  const weaker: Record<string, typeof refusals> = {
    "a standby could become the writer of its own epoch": (wanted, before, peers) =>
      refusals(wanted, before?.role === "standby" ? undefined : before, peers),
    "a region could go back to an earlier epoch": (wanted, before, peers) =>
      refusals(wanted, before && before.epoch > wanted.epoch ? undefined : before, peers),
    "the fence of another epoch counted": (wanted, before, peers) =>
      refusals(
        wanted,
        before,
        Object.fromEntries(
          Object.entries(peers).map(([name, { said, lost }]) => [
            name,
            { lost, ...(said && { said: { ...said, epoch: wanted.epoch } }) },
          ]),
        ),
      ),
    "nobody had to be fenced": (wanted, before) => refusals(wanted, before, {}),
  };
  for (const [what, rule] of Object.entries(weaker)) {
    it(`would take them in two if ${what}`, () => {
      assert.match(search(rule, 100_000).error ?? "", /both take registrations/);
    });
  }
});
