import assert from "node:assert/strict";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Workspace } from "#test/engine/support/cli";

const up = ["up", "--yes", "--skip-preview", "-s", "dev"];

describe("a program that reads another stack's outputs", function () {
  this.timeout(120_000);
  let work: Workspace;
  const refer = (to: string) => work.run(["config", "set", "from", to, "-s", "dev"]);

  before(async () => {
    work = await Workspace.of("reader");
    // Another project on the same backend.
    const other = join(work.folder, "other");
    await cp(join(import.meta.dirname, "programs/basic"), other, { recursive: true });
    const made = await work.run([...up, "-C", other]);
    assert.equal(made.code, 0, made.stdout + made.stderr);
    await work.run(["stack", "init", "dev"]);
  });
  after(() => work.remove());

  it("gets them in a preview and in an update, its secrets still secret", async () => {
    await refer("organization/basic/dev");
    for (const args of [["preview", "-s", "dev"], up]) {
      const { code, stdout } = await work.run(args);
      assert.equal(code, 0, stdout);
      assert.match(stdout, / > {2}pulumi:pulumi:StackReference organization\/basic\/dev read/);
      assert.match(stdout, /replicas : 1$/m);
      assert.match(stdout, /generated: \[secret\]/);
      // An output with a secret somewhere inside is secret as a whole.
      assert.match(stdout, /inner {4}: \[secret\]/);
      assert.match(stdout, /missing {2}: "no such output"/);
    }
    const text = await readFile(join(work.folder, "state/.pulumi/stacks/reader/dev.json"), "utf8");
    assert.equal(text.includes("hush-hush"), false);
    const shown = await work.run(["stack", "output", "inner", "--show-secrets", "-s", "dev"]);
    assert.equal(JSON.parse(shown.stdout).secret, "hush-hush");
  });

  it("has no changes to make then", async () => {
    const { code, stdout } = await work.run(["preview", "-s", "dev", "--expect-no-changes"]);
    assert.equal(code, 0, stdout);
  });

  it("is told which stack is not there", async () => {
    // The reader has a stack file of that name itself: a file is no state.
    for (const name of ["organization/basic/nobody", "nowhere/dev"]) {
      await refer(name);
      const { code, stdout } = await work.run(["preview", "-s", "dev"]);
      assert.equal(code, 1);
      assert.ok(stdout.includes(`the stack '${name}' that is referred to has no state in`), stdout);
    }
  });
});
