import assert from "node:assert/strict";
import type { Props } from "#local/engine/value";
import { Engine, from, type Program } from "#test/engine/support/engine";
import { World } from "#test/engine/support/fake-provider";

/** Two chains, automatic and given names, so that every kind of step can happen. */
const program =
  (version: number): Program =>
  async (register) => {
    const base = await register("base", { name: "base", fixed: version });
    const serial = base.outputs.serial ?? null;
    const [auto] = await Promise.all([
      register("auto", { fixed: version, tag: 1 }),
      register("user", { name: "user", fixed: serial }, from(base, "fixed")),
      register("changed", { name: "changed", tag: version }),
      version === 1 ? register("dropped", { name: "dropped" }) : undefined,
    ]);
    await register("last", { tag: auto.outputs.name ?? null }, from(auto, "tag"));
  };

/** Runs `work` on a world that stops dead at its `moment`-th event. Says whether it came to that. */
async function killedAt(engine: Engine, moment: number, work: () => Promise<unknown>) {
  let count = 0;
  let killed = () => {};
  const death = new Promise<"killed">((resolve) => {
    killed = () => resolve("killed");
  });
  const event = async () => {
    count += 1;
    if (count < moment) return;
    killed();
    await new Promise(() => undefined);
  };
  engine.onSave = event;
  engine.world.onChange = event;
  const outcome = await Promise.race([work().then(() => "ended" as const), death]);
  engine.world.onChange = async () => undefined;
  return outcome === "killed";
}

/** What must be there in the end, automatic names apart. */
function shape(world: World): unknown[] {
  const plain = (object: Props) => {
    const { name, serial: _serial, ...rest } = object;
    const known = object.auto ? String(name).replace(/-[0-9a-f]{8}$/, "") : name;
    return { ...rest, name: known };
  };
  const objects = [...world.objects.values()].map(plain) as { name: string; tag?: unknown }[];
  for (const object of objects) {
    if (typeof object.tag === "string") object.tag = object.tag.replace(/-[0-9a-f]{8}$/, "");
    if ("fixed" in object && typeof object.fixed === "string") object.fixed = "a serial";
  }
  return objects.sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
}

async function expected(versions: number[]): Promise<unknown[]> {
  const engine = new Engine(new World());
  for (const version of versions) await engine.up(program(version));
  return shape(engine.world);
}

/** Kills `work` at its first, second, … event until it survives; then lets `check` look. */
async function atEveryMoment(
  prepare: (engine: Engine) => Promise<unknown>,
  work: (engine: Engine) => Promise<unknown>,
  check: (engine: Engine, moment: number) => Promise<void>,
): Promise<number> {
  for (let moment = 1; ; moment++) {
    const engine = new Engine(new World());
    await prepare(engine);
    const killed = await killedAt(engine, moment, () => work(engine));
    if (!killed) return moment;
    // The next run is another process: it has the world and the text of the state, no more.
    await check(new Engine(engine.world, engine.text), moment);
  }
}

describe("an engine that is killed", function () {
  this.timeout(60_000);

  it("at any moment of a first `up`, finishes in the next with nothing doubled or lost", async () => {
    const whole = await expected([1]);
    const moments = await atEveryMoment(
      async () => undefined,
      (engine) => engine.up(program(1)),
      async (engine, moment) => {
        const report = await engine.up(program(1));
        assert.deepEqual(report.failures, [], `killed at ${moment}`);
        assert.deepEqual(shape(engine.world), whole, `killed at ${moment}`);
        assert.deepEqual(engine.snapshot.pending, []);
        assert.deepEqual((await engine.up(program(1))).steps, [], `killed at ${moment}`);
      },
    );
    assert.ok(moments > 15, `only ${moments} moments`);
  });

  it("at any moment of replacing, changing and deleting, finishes in the next `up`", async () => {
    const whole = await expected([1, 2]);
    const moments = await atEveryMoment(
      (engine) => engine.up(program(1)),
      (engine) => engine.up(program(2)),
      async (engine, moment) => {
        const report = await engine.up(program(2));
        assert.deepEqual(report.failures, [], `killed at ${moment}`);
        assert.deepEqual(shape(engine.world), whole, `killed at ${moment}`);
        assert.deepEqual((await engine.up(program(2))).steps, [], `killed at ${moment}`);
      },
    );
    assert.ok(moments > 25, `only ${moments} moments`);
  });

  it("at any moment of an `up`, leaves nothing behind after a `destroy`", async () => {
    await atEveryMoment(
      async () => undefined,
      (engine) => engine.up(program(1)),
      async (engine, moment) => {
        const report = await engine.destroy();
        assert.deepEqual(report.failures, [], `killed at ${moment}`);
        assert.deepEqual([...engine.world.objects.keys()], [], `killed at ${moment}`);
        assert.deepEqual(engine.snapshot.resources, []);
      },
    );
  });

  it("at any moment of a `destroy`, finishes in the next", async () => {
    await atEveryMoment(
      (engine) => engine.up(program(1)),
      (engine) => engine.destroy(),
      async (engine, moment) => {
        assert.deepEqual((await engine.destroy()).failures, [], `killed at ${moment}`);
        assert.equal(engine.world.objects.size, 0);
        assert.deepEqual(engine.snapshot.resources, []);
      },
    );
  });
});
