import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PAUSE_IMAGE } from "#local/cluster/node-config";
import { Workspace } from "#test/engine/support/cli";

interface Step {
  op: string;
  urn: string;
  replaceReasons?: string[];
  detailedDiff: unknown;
  newState?: { inputs?: { [key: string]: unknown }; parent?: string; dependencies?: string[] };
}
interface Preview {
  steps: Step[];
  changeSummary: object;
}

const fixture = new URL("../fixtures/engine-sample/", import.meta.url);
const recorded = async (name: string) => JSON.parse(await readFile(new URL(name, fixture), "utf8"));

/** What was decided about each resource; automatic names and the order of finishing apart. */
function decisions({ steps }: Preview) {
  const all = steps.map(({ op, urn, replaceReasons, detailedDiff, newState }) => ({
    op,
    urn,
    replaceReasons,
    detailedDiff,
    parent: newState?.parent,
    dependencies: [...(newState?.dependencies ?? [])].sort(),
    inputs: Object.keys(newState?.inputs ?? {})
      .map((key) => (key === "stringData" ? "data" : key))
      .sort(),
  }));
  return all.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

/** Which fields each resource of a checkpoint has, and how it hangs together with the others. */
function graph(checkpoint: { checkpoint: { latest: { resources: Record<string, unknown>[] } } }) {
  const ignored = ["sourcePosition", "stackTrace", "id", "provider", "created", "modified"];
  const all = checkpoint.checkpoint.latest.resources
    .filter(({ urn }) => !String(urn).includes("pulumi:providers:pulumi"))
    .map((resource) => ({
      urn: String(resource.urn),
      parent: resource.parent,
      dependencies: [...((resource.dependencies as string[]) ?? [])].sort(),
      fields: Object.keys(resource).filter((key) => !ignored.includes(key)),
      inputs: Object.keys(resource.inputs ?? {}).sort(),
      internals: Object.keys(resource.outputs ?? {}).filter((key) =>
        /^__(inputs|fieldManager|initialApiVersion)$/.test(key),
      ),
      secrets: resource.additionalSecretOutputs,
    }));
  return all.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

describe("the recorded program of the real engine, on this one", function () {
  this.timeout(300_000);
  let work: Workspace;
  const run = async (...args: string[]) => {
    const result = await work.run([...args, "-s", "dev"]);
    assert.equal(result.code, 0, result.stdout + result.stderr);
    return result.stdout;
  };
  const preview = async () => JSON.parse(await run("preview", "--json")) as Preview;

  before(async function () {
    const { TEST_KUBECONFIG: kubeconfig } = process.env;
    if (!kubeconfig) {
      console.log("      skipped: TEST_KUBECONFIG names no cluster");
      return this.skip();
    }
    work = await Workspace.of("../../fixtures/engine-sample");
    work.env.KUBECONFIG = kubeconfig;
    work.env.PULUMI_NODEJS_TRANSPILE_ONLY = "true";
    await run("config", "set", "image", PAUSE_IMAGE);
  });
  after(async () => {
    await work?.run(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
    await work?.remove();
  });

  it("is planned alike", async () => {
    const mine = await preview();
    const theirs = await recorded("preview-create.json");
    assert.deepEqual(mine.changeSummary, theirs.changeSummary);
    assert.deepEqual(decisions(mine), decisions(theirs));
  });

  it("is recorded alike", async () => {
    await run("up", "--yes", "--skip-preview");
    const path = join(work.folder, "state/.pulumi/stacks/engfacts/dev.json");
    const mine = JSON.parse(await readFile(path, "utf8"));
    assert.deepEqual(graph(mine), graph(await recorded("checkpoint.json")));
  });

  it("is found unchanged afterwards", async () => {
    const mine = await preview();
    const theirs = await recorded("preview-same.json");
    assert.deepEqual(mine.changeSummary, theirs.changeSummary);
    assert.deepEqual(decisions(mine), decisions(theirs));
  });

  it("is changed and replaced alike", async () => {
    await run("config", "set", "cmvalue", "v2");
    await run("config", "set", "replicas", "2");
    const mine = await preview();
    const theirs = await recorded("preview-change.json");
    assert.deepEqual(mine.changeSummary, theirs.changeSummary);
    assert.deepEqual(decisions(mine), decisions(theirs));
    const text = await run("up", "--yes", "--skip-preview");
    assert.match(
      text,
      /Resources:\n {4}~ 2 updated\n {4}\+-1 replaced\n {4}3 changes\. 12 unchanged/,
    );
  });

  it("is destroyed whole", async () => {
    const text = await run("destroy", "--yes", "--skip-preview");
    assert.match(text, /Resources:\n {4}- 15 deleted/);
  });
});
