import assert from "node:assert/strict";
import type { PolicyHost } from "#local/engine/policy";
import { Secret, UNKNOWN } from "#local/engine/value";
import { Engine, from, GROUP, type Program } from "#test/engine/support/engine";
import { World } from "#test/engine/support/fake-provider";

const engine = () => new Engine(new World());

describe("the steps of an update", () => {
  it("creates what is new, updates what changed, leaves what is the same", async () => {
    const stack = engine();
    const first = await stack.up(async (register) => {
      await register("a", { name: "a", tag: 1 });
      await register("b", { name: "b", tag: 1 });
    });
    assert.deepEqual(first.steps, ["create a", "create b"]);
    const second = await stack.up(async (register) => {
      await register("a", { name: "a", tag: 2 });
      await register("b", { name: "b", tag: 1 });
    });
    assert.deepEqual(second.steps, ["update a"]);
    assert.deepEqual(second.counts, { same: 2, update: 1 });
    assert.deepEqual(stack.world.objects.get("a")?.tag, 2);
  });

  it("previews without touching the world or the state", async () => {
    const stack = engine();
    const preview = await stack.preview(async (register) => {
      const a = await register("a", { name: "a" });
      assert.equal(a.id, undefined);
      assert.equal(a.outputs.serial, UNKNOWN);
      await register("b", { tag: a.outputs.serial ?? null });
    });
    assert.deepEqual(preview.steps, ["create a", "create b"]);
    assert.equal(stack.text, undefined);
    assert.equal(stack.world.objects.size, 0);
  });

  it("replaces an automatically named object by creating the new one first", async () => {
    const stack = engine();
    await stack.up((register) => register("a", { fixed: 1 }));
    const old = stack.resource("a").id;
    const report = await stack.up((register) => register("a", { fixed: 2 }));
    assert.deepEqual(report.steps, ["create-replacement a", "delete-replaced a"]);
    assert.deepEqual(report.counts, { same: 1, replace: 1 });
    assert.notEqual(stack.resource("a").id, old);
    assert.equal(stack.world.objects.size, 1);
  });

  it("deletes a named object before its replacement, and before that what depends on it", async () => {
    const stack = engine();
    const program =
      (fixed: number): Program =>
      async (register) => {
        const base = await register("base", { name: "base", fixed });
        const data = base.outputs.serial ?? null;
        await register("user", { name: "user", fixed: data }, from(base, "fixed"));
        await register("bystander", { name: "bystander", tag: data }, from(base, "tag"));
      };
    await stack.up(program(1));
    const report = await stack.up(program(2));
    assert.deepEqual(report.steps, [
      "delete-replaced user",
      "delete-replaced base",
      "create-replacement base",
      "create-replacement user",
      "update bystander",
    ]);
    assert.deepEqual(report.counts, { same: 1, replace: 2, update: 1 });
    assert.deepEqual([...stack.world.objects.keys()].sort(), ["base", "bystander", "user"]);
  });

  it("follows the program when it says itself what to delete first or to replace", async () => {
    const stack = engine();
    const options = { deleteBeforeReplace: true, replaceOnChanges: ["tag.inner"] };
    await stack.up((register) => register("a", { tag: { inner: 1 } }, options));
    const report = await stack.up((register) => register("a", { tag: { inner: 2 } }, options));
    assert.deepEqual(report.steps, ["delete-replaced a", "create-replacement a"]);
  });

  it("never deletes the object that a replacement took the place of", async () => {
    const stack = engine();
    const program =
      (inner: number, options: object): Program =>
      (register) =>
        register("a", { name: "a", tag: { inner } }, options);
    await stack.up(program(1, {}));
    const told = await stack.up(program(2, { replaceOnChanges: ["tag.inner"] }));
    assert.deepEqual(told.steps, ["delete-replaced a", "create-replacement a"]);
    const options = { replaceOnChanges: ["tag.inner"], deleteBeforeReplace: false };
    const refused = await stack.up(program(3, options));
    assert.match(refused.failures.join(), /keeps its name, so the old one must go first/);
    assert.equal(stack.world.objects.size, 1);
  });

  it("deletes what the program no longer has, dependants first", async () => {
    const stack = engine();
    await stack.up(async (register) => {
      const a = await register("a", { name: "a" });
      const b = await register("b", { name: "b" }, from(a, "tag"));
      await register("c", { name: "c" }, from(b, "tag"));
    });
    const report = await stack.up(async () => undefined);
    assert.deepEqual(report.steps, ["delete c", "delete b", "delete a"]);
    assert.deepEqual(stack.things, []);
    assert.equal(stack.world.objects.size, 0);
  });

  it("destroys everything in reverse", async () => {
    const stack = engine();
    await stack.up(async (register) => {
      const group = await register("group", {}, { type: GROUP, custom: false });
      await register("inner", { name: "inner" }, { parent: group.urn });
    });
    const report = await stack.destroy();
    assert.deepEqual(report.steps, ["delete inner"]);
    assert.deepEqual(report.counts, { delete: 3 });
    assert.deepEqual(stack.snapshot.resources, []);
  });

  it("refuses to delete or replace what is protected", async () => {
    const stack = engine();
    const protect = { protect: true };
    await stack.up((register) => register("a", { name: "a", fixed: 1 }, protect));
    const replaced = await stack.up((register) => register("a", { name: "a", fixed: 2 }, protect));
    assert.match(replaced.failures[0] ?? "", /marked for protection/);
    const deleted = await stack.up(async () => undefined);
    assert.match(deleted.failures[0] ?? "", /because it is protected/);
    assert.equal((await stack.destroy()).halted, "failed");
    assert.deepEqual([...stack.world.objects.keys()], ["a"]);
    await stack.up((register) => register("a", { name: "a", fixed: 1 }));
    assert.equal((await stack.destroy()).halted, undefined);
  });

  it("inherits protection from a parent", async () => {
    const stack = engine();
    await stack.up(async (register) => {
      const group = await register("g", {}, { type: GROUP, custom: false, protect: true });
      await register("a", { name: "a" }, { parent: group.urn });
    });
    assert.equal(stack.resource("a").protect, true);
  });

  it("leaves alone what the program told it to ignore", async () => {
    const stack = engine();
    const ignore = { ignoreChanges: ["tag.replicas", "fixed"] };
    await stack.up((r) => r("a", { name: "a", fixed: 1, tag: { replicas: 1, x: 1 } }, ignore));
    const same = await stack.up((r) => r("a", { name: "a", tag: { replicas: 5, x: 1 } }, ignore));
    assert.deepEqual(same.steps, []);
    const other = await stack.up((r) => r("a", { name: "a", tag: { replicas: 5, x: 2 } }, ignore));
    assert.deepEqual(other.steps, ["update a"]);
    assert.deepEqual(stack.world.objects.get("a")?.tag, { replicas: 1, x: 2 });
  });

  it("forgets without deleting what is retained or goes with another", async () => {
    const stack = engine();
    await stack.up(async (register) => {
      const owner = await register("owner", { name: "owner" });
      await register("kept", { name: "kept" }, { retainOnDelete: true });
      await register("carried", { name: "carried" }, { deletedWith: owner.urn });
    });
    await stack.destroy();
    assert.deepEqual(stack.world.log.slice(3), ["delete owner"]);
    assert.deepEqual(stack.snapshot.resources, []);
  });

  it("finds a resource under its old name, type or parent, children included", async () => {
    const stack = engine();
    const group = { type: GROUP, custom: false };
    await stack.up(async (register) => {
      const old = await register("old", {}, group);
      await register("old-child", { name: "child" }, { parent: old.urn });
      await register("loose", { name: "loose" });
    });
    const report = await stack.up(async (register) => {
      const now = await register("new", {}, { ...group, aliases: [{ name: "old" }] });
      await register("new-child", { name: "child" }, { parent: now.urn });
      const aliases = [{ parent: null }];
      await register("loose", { name: "loose" }, { parent: now.urn, aliases });
    });
    assert.deepEqual(report.steps, []);
    assert.deepEqual(report.counts, { same: 4 });
    assert.equal(stack.world.log.length, 2);
  });

  it("keeps what never got ready, and goes on with it the next time", async () => {
    const stack = engine();
    const failed = await stack.up((register) => register("a", { name: "a", broken: true }));
    assert.match(failed.failures[0] ?? "", /never got ready/);
    assert.deepEqual(stack.resource("a").initErrors, ["broken"]);
    const again = await stack.up((register) => register("a", { name: "a" }));
    assert.deepEqual(again.steps, ["update a"]);
    assert.deepEqual(stack.resource("a").initErrors, []);
  });

  it("starts nothing new after a failure, and keeps what was done", async () => {
    const stack = engine();
    const report = await stack.up(async (register) => {
      await register("a", { name: "a" });
      await register("b", { name: "b", invalid: true });
      await register("c", { name: "c" });
    });
    assert.match(report.failures[0] ?? "", /resource 'b' has a problem: must not be set/);
    assert.deepEqual(report.steps, ["create a"]);
    assert.deepEqual(stack.things, ["a"]);
    assert.equal(report.halted, "failed");
  });

  it("keeps secrets secret through inputs, outputs and state", async () => {
    const stack = engine();
    await stack.up((register) =>
      register(
        "a",
        { name: "a", tag: new Secret("hush-hush") },
        { additionalSecretOutputs: ["serial"] },
      ),
    );
    assert.equal(stack.text?.includes("hush-hush"), false);
    const { outputs } = stack.resource("a");
    assert.deepEqual(outputs.tag, new Secret("hush-hush"));
    assert.ok(outputs.serial instanceof Secret);
  });

  it("restores what somebody deleted or changed behind its back", async () => {
    const stack = engine();
    const program: Program = async (register) => {
      await register("gone", { tag: 1 });
      await register("changed", { name: "changed", tag: 1 });
    };
    await stack.up(program);
    const id = stack.resource("gone").id ?? "";
    stack.world.objects.delete(id);
    stack.world.objects.set("changed", { name: "changed", tag: 7 });
    const report = await stack.up(program);
    assert.deepEqual(report.steps.sort(), ["create gone", "update changed"]);
    assert.equal(stack.resource("gone").id, id);
    assert.equal(stack.world.objects.get("changed")?.tag, 1);
  });

  it("says in a refresh what is gone and what changed", async () => {
    const stack = engine();
    await stack.up(async (register) => {
      await register("gone", { name: "gone" });
      await register("changed", { name: "changed", tag: 1 });
      await register("same", { name: "same" });
    });
    stack.world.objects.delete("gone");
    stack.world.objects.set("changed", { name: "changed", tag: 7 });
    const report = await stack.refresh();
    assert.deepEqual(report.steps.sort(), ["delete gone", "update changed"]);
    assert.deepEqual(stack.things.sort(), ["changed", "same"]);
    assert.equal(stack.resource("changed").inputs.tag, 7);
  });

  it("registers what a remote component is made of as its children", async () => {
    const stack = engine();
    await stack.up(async (register) => {
      const chart = await register(
        "chart",
        { x: { name: "x" }, y: { name: "y" } },
        { type: "fake:index:Chart", custom: false, remote: true },
      );
      assert.deepEqual(Object.keys(chart.outputs), ["resources"]);
    });
    const chart = stack.resource("chart");
    assert.deepEqual(chart.inputs, {});
    assert.equal(stack.resource("chart:x").parent, chart.urn);
    assert.match(stack.resource("chart:y").urn, /fake:index:Chart\$fake:index:Thing::chart:y$/);
  });

  it("updates a component when its inputs change, and keeps its outputs in state", async () => {
    const stack = engine();
    const program =
      (replicas: number): Program =>
      async (register, deployment) => {
        const group = await register("g", { replicas }, { type: GROUP, custom: false });
        await deployment.registerOutputs(group.urn, { replicas });
      };
    await stack.up(program(1));
    const report = await stack.up(program(2));
    assert.deepEqual(report.counts, { same: 1, update: 1 });
    assert.deepEqual(stack.resource("g").outputs, { replicas: 2 });
  });

  it("refuses a resource that a mandatory policy forbids, and only in an update stops there", async () => {
    const program: Program = async (register) => {
      await register("good", { name: "good" });
      await register("bad", { name: "bad" });
      await register("later", { name: "later" });
    };
    const judge: PolicyHost["judge"] = async ({ urn, inputs }) => ({
      inputs,
      verdict: Promise.resolve(!urn.endsWith("::bad")),
    });
    const previewed = engine();
    previewed.policies = { ...previewed.policies, judge };
    const preview = await previewed.preview(program);
    assert.equal(preview.halted, "failed");
    assert.deepEqual(preview.steps, ["create good", "create bad", "create later"]);
    const updated = engine();
    updated.policies = { ...updated.policies, judge };
    const update = await updated.up(program);
    assert.equal(update.halted, "failed");
    assert.deepEqual([...updated.world.objects.keys()], ["good"]);
  });

  it("does not wait for a verdict in a preview, and takes a late one as it comes", async () => {
    const { promise: verdict, resolve } = Promise.withResolvers<boolean>();
    const stack = engine();
    stack.policies = { ...stack.policies, judge: async ({ inputs }) => ({ inputs, verdict }) };
    const preview = await stack.preview(async (register) => {
      await register("a", { name: "a" });
      await register("b", { name: "b" });
      resolve(false);
    });
    assert.deepEqual(preview.steps, ["create a", "create b"]);
    assert.equal(preview.halted, "failed");
  });

  it("ends a preview in which a policy pack fails, and names the resource", async () => {
    const stack = engine();
    const think = async (urn: string) => {
      if (urn.endsWith("::a")) throw new Error("the policy pack failed: no memory");
      return true;
    };
    const judge: PolicyHost["judge"] = async ({ urn, inputs }) => ({ inputs, verdict: think(urn) });
    stack.policies = { ...stack.policies, judge };
    const preview = await stack.preview(async (register) => {
      await register("a", { name: "a" });
    });
    assert.equal(preview.halted, "failed");
    assert.match(preview.failures.join("\n"), /a: .*no memory/);
  });

  it("does not accept two resources of one name", async () => {
    const stack = engine();
    const report = await stack.up(async (register) => {
      await register("a", { name: "a" });
      await register("a", { name: "b" });
    });
    assert.match(report.failures[0] ?? "", /Duplicate resource URN '.*Thing::a'/);
  });
});
