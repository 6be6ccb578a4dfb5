import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterOrSkip } from "#test/engine/kubernetes-support";
import { Workspace } from "#test/engine/support/cli";
import { getObjects } from "#test/support/kubectl";

const namespace = "transforms";
const up = ["up", "--yes", "--skip-preview", "-s", "dev"];

interface Recorded {
  urn: string;
  type: string;
  inputs: { metadata?: { annotations?: Record<string, string> }; data?: Record<string, string> };
  protect?: boolean;
  retainOnDelete?: boolean;
  ignoreChanges?: string[];
  dependencies?: string[];
}

describe("transforms over a chart on a real API server", function () {
  this.timeout(180_000);
  let work: Workspace;
  const resources = (): Recorded[] =>
    JSON.parse(readFileSync(join(work.folder, "state/.pulumi/stacks/transforms/dev.json"), "utf8"))
      .checkpoint.latest.resources;
  const named = (end: string): Recorded => {
    const found = resources().find(({ urn }) => urn.endsWith(`::${end}`));
    assert.ok(found, `no ${end} in state`);
    return found;
  };
  const sets = () => getObjects("-n", namespace, "statefulsets");
  async function configure(key: string, value: string) {
    const { code, stderr } = await work.run(["config", "set", key, value, "-s", "dev"]);
    assert.equal(code, 0, stderr);
  }

  before(async function () {
    const kubeconfig = clusterOrSkip(this);
    work = await Workspace.of("transforms");
    work.env.KUBECONFIG = kubeconfig;
    await work.run(["stack", "init", "dev"]);
    await configure("namespace", namespace);
  });
  after(async () => {
    await work?.run(["destroy", "--yes", "--skip-preview", "--ignore-protect", "-s", "dev"]);
    await work?.remove();
  });

  it("change the chart and each of its objects, the innermost first and the stack's last", async () => {
    const { code, stdout } = await work.run(up);
    assert.equal(code, 0, stdout);
    for (const name of ["data", "settings"]) {
      const { inputs } = named(`db:${namespace}/${name}`);
      assert.equal(inputs.metadata?.annotations?.signed, "chart,component,stack");
    }
    assert.equal(named(`db:${namespace}/settings`).inputs.data?.size, "2");
    assert.equal(named("marker").inputs.metadata?.annotations?.signed, "stack");
  });

  it("set the options of those they mean, and of no other", () => {
    const set = named(`db:${namespace}/data`);
    assert.equal(set.protect, true);
    assert.equal(set.retainOnDelete, true);
    assert.deepEqual(set.ignoreChanges, ["metadata.labels"]);
    assert.ok(set.dependencies?.includes(named("marker").urn));
    const settings = named(`db:${namespace}/settings`);
    assert.equal(settings.protect ?? settings.retainOnDelete, undefined);
  });

  it("leave the chart's hooks and notes out", () => {
    const types = resources().map(({ type }) => type);
    assert.equal(types.includes("kubernetes:core/v1:Pod"), false);
    assert.equal(types.filter((type) => type === "kubernetes:core/v1:Namespace").length, 1);
  });

  it("make no difference the second time", async () => {
    const { code, stdout } = await work.run(["preview", "-s", "dev", "--expect-no-changes"]);
    assert.equal(code, 0, stdout);
  });

  it("protect: neither a replacement nor a delete nor a destroy gets through, and says why", async () => {
    const { urn } = named(`db:${namespace}/data`);
    const hint = `pulumi state unprotect '${urn}'`;
    await configure("service", "other");
    const replaced = await work.run(up);
    assert.equal(replaced.code, 1);
    assert.match(replaced.stdout, /unable to replace resource ".*::db:transforms\/data"/);
    assert.ok(replaced.stdout.includes(hint), replaced.stdout);
    await configure("service", "data");
    await configure("gone", "yes");
    for (const command of [up, ["destroy", "--yes", "--skip-preview", "-s", "dev"]]) {
      const refused = await work.run(command);
      assert.equal(refused.code, 1);
      assert.match(refused.stdout, /resource ".*::db:transforms\/data" cannot be deleted/);
      assert.ok(refused.stdout.includes(hint), refused.stdout);
    }
    assert.equal((await sets()).length, 1);
    assert.equal((await getObjects("-n", namespace, "configmaps/settings")).length, 1);
  });

  it("retain: once unprotected it is forgotten, and lives on", async () => {
    const { urn } = named(`db:${namespace}/data`);
    const unknown = await work.run(["state", "unprotect", `${urn}x`, "--yes", "-s", "dev"]);
    assert.match(unknown.stderr, /no such resource/);
    const done = await work.run(["state", "unprotect", urn, "--yes", "-s", "dev"]);
    assert.equal(done.stdout, "1 resources unprotected\n", done.stderr);
    const { code, stdout } = await work.run(up);
    assert.equal(code, 0, stdout);
    assert.equal(
      resources().some((resource) => resource.urn === urn),
      false,
    );
    assert.equal((await sets()).length, 1);
  });

  it("let go of what they protect for --ignore-protect", async () => {
    await configure("gone", "no");
    const again = await work.run(up);
    assert.equal(again.code, 0, again.stdout);
    assert.equal(named(`db:${namespace}/data`).protect, true);
    await configure("gone", "yes");
    const { code, stdout } = await work.run([...up, "--ignore-protect"]);
    assert.equal(code, 0, stdout);
    assert.deepEqual(
      resources().filter(({ type }) => type.endsWith(":StatefulSet")),
      [],
    );
  });

  it("leave it to the provider whether the old object goes first, unless they say so", async () => {
    await configure("gone", "no");
    await configure("keep", "no");
    const made = await work.run(up);
    assert.equal(made.code, 0, made.stdout);
    await configure("service", "another");
    const { code, stdout } = await work.run(up);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\+-1 replaced/);
  });
});
