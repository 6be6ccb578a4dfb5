import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { writeDurably } from "#local/engine/backend";
import { Workspace } from "#test/engine/support/cli";

const up = ["up", "--yes", "--skip-preview", "-s", "dev"];

describe("the engine's command line", function () {
  this.timeout(120_000);
  let work: Workspace;
  const state = () => readFile(join(work.folder, "state/.pulumi/stacks/basic/dev.json"), "utf8");
  const stackFile = () => readFile(join(work.project, "Pulumi.dev.yaml"), "utf8");
  before(async () => {
    work = await Workspace.of("basic");
  });
  after(() => work.remove());

  it("previews a stack that has a file and no state yet, and writes nothing", async () => {
    const before = await stackFile();
    const { code, stdout } = await work.run(["preview", "-s", "dev"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^Previewing update \(dev\):\n/);
    assert.match(stdout, /^ \+ {2}random:index:RandomPassword password create$/m);
    assert.match(stdout, /^ {4}generated: \[secret\]$/m);
    assert.match(stdout, /^Resources:\n {4}\+ 4 to create$/m);
    await assert.rejects(state());
    assert.equal(await stackFile(), before);
  });

  it("says with exit codes what is wrong with how it is called", async () => {
    const cases: [string[], number, RegExp][] = [
      [["preview", "-s", "nobody"], 6, /error: no stack named 'nobody' found/],
      [["destroy", "--yes", "-s", "dev"], 6, /error: no stack named 'dev' found/],
      [["up", "-s", "dev"], 2, /--yes or --skip-preview must be passed in/],
      [["preview", "-s", "dev", "--no-such-flag"], 1, /unknown option '--no-such-flag'/],
      [["preview", "-s", "dev", "--target", "urn"], 1, /--target is not supported/],
      [["preview", "-s", "dev", "-C", "/"], 1, /no Pulumi.yaml project file found/],
      [["preview"], 1, /no stack selected/],
    ];
    for (const [args, wanted, text] of cases) {
      const { code, stderr } = await work.run(args);
      assert.match(stderr, text, args.join(" "));
      assert.equal(code, wanted, args.join(" "));
    }
  });

  it("brings the stack up, its secrets unreadable in the state", async () => {
    const { code, stdout } = await work.run(up);
    assert.equal(code, 0, stdout);
    assert.match(stdout, / \+ {2}basic:index:App app created \(\d/);
    assert.match(stdout, /Resources:\n {4}\+ 4 created\n\nDuration: \d+s\n$/);
    const shown = await work.run(["stack", "output", "--json", "--show-secrets", "-s", "dev"]);
    const { generated, inner } = JSON.parse(shown.stdout);
    assert.equal(generated.length, 20);
    assert.deepEqual(inner, { a: 1, list: [true, null, "s"], secret: "hush-hush" });
    const text = await state();
    assert.equal(text.includes(generated) || text.includes("hush-hush"), false);
    const hidden = await work.run(["stack", "output", "generated", "-s", "dev"]);
    assert.equal(hidden.stdout, "[secret]\n");
    const history = await readdir(join(work.folder, "state/.pulumi/history/basic/dev"));
    assert.equal(history.length, 2);
    assert.deepEqual(
      await readdir(join(work.folder, "state/.pulumi/locks/organization/basic/dev")),
      [],
    );
  });

  it("has no changes to make then", async () => {
    const { code, stdout } = await work.run(["preview", "-s", "dev", "--expect-no-changes"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /Resources:\n {4}4 unchanged/);
  });

  it("keeps comments in the stack file, and encrypts secrets there", async () => {
    assert.equal((await work.run(["config", "set", "length", "24", "-s", "dev"])).code, 0);
    assert.equal(
      (await work.run(["config", "set", "--secret", "key", "psst", "-s", "dev"])).code,
      0,
    );
    const file = await stackFile();
    assert.match(file, /# How long the password is\.\n {2}basic:length: "24"/);
    assert.match(file, /basic:key:\n {4}secure: v1:/);
    assert.equal(file.includes("psst"), false);
    assert.equal((await work.run(["config", "get", "key", "-s", "dev"])).stdout, "psst\n");
    const listed = await work.run(["config", "-s", "dev"]);
    assert.match(listed.stdout, /key {5}\[secret\]\nlength {2}24/);
  });

  it("ends with 7 when changes were not expected, and prints them as JSON", async () => {
    const { code, stdout } = await work.run([
      "preview",
      "-s",
      "dev",
      "--expect-no-changes",
      "--json",
    ]);
    assert.equal(code, 7);
    const { config, steps, changeSummary } = JSON.parse(stdout);
    assert.deepEqual(config, { "basic:key": "[secret]", "basic:length": "24" });
    assert.deepEqual(changeSummary, { replace: 1, same: 2, update: 1 });
    const replaced = steps.find((step: { op: string }) => step.op === "replace");
    assert.deepEqual(replaced.replaceReasons, ["length"]);
    assert.deepEqual(replaced.detailedDiff, {
      length: { kind: "update-replace", inputDiff: true },
    });
    assert.equal(replaced.oldState.outputs.result, "[secret]");
  });

  it("refuses a wrong passphrase", async () => {
    const { code, stderr } = await work.run(up, { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /error: getting stack configuration: get stack secrets manager: incorrect passphrase/,
    );
  });

  it("does not start while another operation holds the lock, until `cancel`", async () => {
    const lock = {
      pid: 1,
      username: "u",
      hostname: `not-${hostname()}`,
      timestamp: "2026-11-22T13:33:21Z",
    };
    const path = join(work.folder, "state/.pulumi/locks/organization/basic/dev/other.json");
    await writeDurably(path, JSON.stringify(lock));
    const blocked = await work.run(up);
    assert.equal(blocked.code, 1);
    assert.match(blocked.stderr, /created by u@not-.* \(pid 1\) at 2026-11-22T13:33:21Z/);
    assert.equal((await work.run(["cancel", "--yes", "-s", "dev"])).code, 0);
    await assert.rejects(readFile(path));
  });

  it("gives and takes a stack's state", async () => {
    const path = join(work.folder, "exported.json");
    const whole = ["stack", "export", "-s", "dev", "--show-secrets"];
    const before = await work.run(whole);
    assert.match(before.stdout, /"plaintext": "\\"hush-hush\\""/);
    assert.equal((await work.run(["stack", "export", "-s", "dev", "--file", path])).code, 0);
    assert.equal((await readFile(path, "utf8")).includes("hush-hush"), false);
    await work.run(["stack", "init", "-s", "copy"]);
    await writeFile(
      path,
      (await readFile(path, "utf8")).replaceAll("pulumi:dev::", "pulumi:copy::"),
    );
    assert.equal((await work.run(["stack", "import", "-s", "copy", "--file", path])).code, 0);
    const after = await work.run(["stack", "export", "-s", "copy", "--show-secrets"]);
    const resources = ({ stdout }: { stdout: string }) => JSON.parse(stdout).deployment.resources;
    const renamed = JSON.stringify(resources(after)).replaceAll("pulumi:copy::", "pulumi:dev::");
    assert.deepEqual(JSON.parse(renamed), resources(before));
    const listed = await work.run(["stack", "ls"]);
    assert.match(listed.stdout, /copy\*\s+\S+\s+4\n/);
    const kept = await work.run(["stack", "rm", "-s", "copy", "--yes"]);
    assert.match(kept.stderr, /still has resources; removal rejected/);
    assert.equal((await work.run(["stack", "rm", "-s", "copy", "--yes", "--force"])).code, 0);
  });

  it("fails a preview and an update that a mandatory policy forbids", async () => {
    await work.run(["config", "set", "length", "8", "-s", "dev"]);
    const pack = ["--policy-pack", "../pack"];
    const preview = await work.run(["preview", "-s", "dev", ...pack]);
    assert.equal(preview.code, 1);
    assert.match(
      preview.stdout,
      /Policies:\n {4}❌ test-pack@v1\.2\.3 \(local: \.\.\/pack\)\n {8}- \[mandatory\] \[severity: high\] {2}long-passwords {2}\(random:index:RandomPassword: password\)\n {10}Passwords are at least 12 long\.\n {10}length is 8\n/,
    );
    assert.match(preview.stdout, /- \[advisory\] {2}no-ids {2}\(random:index:RandomId: app-id\)/);
    assert.match(
      preview.stdout,
      /Diagnostics:\n {2}pulumi:pulumi:Stack \(basic-dev\):\n {4}error: preview failed/,
    );
    const before = await work.run(["stack", "output", "generated", "--show-secrets", "-s", "dev"]);
    const update = await work.run([...up, ...pack]);
    assert.equal(update.code, 1);
    assert.match(update.stdout, /long-passwords/);
    assert.doesNotMatch(update.stdout, /Diagnostics:/);
    const after = await work.run(["stack", "output", "generated", "--show-secrets", "-s", "dev"]);
    assert.equal(after.stdout, before.stdout);
  });

  it("lets a policy's settings soften and remediate", async () => {
    const path = join(work.folder, "settings.json");
    const settings = { "long-passwords": "advisory", "short-identifiers": "remediate" };
    await writeFile(path, JSON.stringify(settings));
    const pack = ["--policy-pack", "../pack", "--policy-pack-config", path];
    const { code, stdout } = await work.run(["preview", "-s", "dev", "--json", ...pack]);
    assert.equal(code, 0, stdout);
    const { steps } = JSON.parse(stdout);
    const id = steps.find((step: { urn: string }) => step.urn.endsWith("::app-id"));
    assert.equal(id.newState.inputs.byteLength, 2);
    const shown = await work.run(["preview", "-s", "dev", ...pack]);
    assert.match(shown.stdout, /remediated by [\w-]+: short-identifiers/);
  });

  it("destroys the stack and removes it", async () => {
    const { code, stdout } = await work.run(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
    assert.equal(code, 0, stdout);
    assert.match(
      stdout,
      /- {2}random:index:RandomId app-id deleted[^]*Resources:\n {4}- 4 deleted/,
    );
    assert.equal((await work.run(["stack", "rm", "--yes", "-s", "dev"])).code, 0);
    await assert.rejects(state());
  });

  it("makes its own passphrase where the state is its own, and keeps it to itself", async () => {
    const env = { PULUMI_BACKEND_URL: "", PULUMI_CONFIG_PASSPHRASE: undefined };
    const { code, stderr } = await work.run(["stack", "init", "own"], env);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Made a passphrase for this machine's state/);
    const again = await work.run(["stack", "init", "own2"], env);
    assert.equal(again.stderr, "");
  });
});
