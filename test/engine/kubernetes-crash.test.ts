import assert from "node:assert/strict";
import { readFileSync, watch } from "node:fs";
import { join } from "node:path";
import { PAUSE_IMAGE } from "#local/cluster/node-config";
import { clusterOrSkip } from "#test/engine/kubernetes-support";
import { Workspace } from "#test/engine/support/cli";
import { getObjects } from "#test/support/kubectl";

const namespace = "killed";
const up = ["up", "--yes", "--skip-preview", "-s", "dev"];

/** What the namespace holds, automatic names and what Kubernetes puts there itself apart. */
async function objects(): Promise<string[]> {
  const found = await getObjects("-n", namespace, "configmaps,secrets,deployments");
  return found
    .map(({ kind, metadata }) => `${kind}/${metadata.name.replace(/-[0-9a-f]{8}$/, "")}`)
    .filter((name) => name !== "ConfigMap/kube-root-ca.crt")
    .sort();
}

describe("a process of the engine that is killed while it works on a real API server", function () {
  this.timeout(300_000);
  let work: Workspace;
  let stacks: string;

  before(async function () {
    const kubeconfig = clusterOrSkip(this);
    work = await Workspace.of("killed");
    work.env.KUBECONFIG = kubeconfig;
    stacks = join(work.folder, "state", ".pulumi", "stacks", "killed");
    const made = await work.run(["stack", "init", "dev"]);
    assert.equal(made.code, 0, made.stderr);
    await configure("image", PAUSE_IMAGE);
    await configure("namespace", namespace);
  });
  after(async () => {
    await work?.run(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
    await work?.remove();
  });

  async function configure(key: string, value: string) {
    const set = await work.run(["config", "set", key, value, "-s", "dev"]);
    assert.equal(set.code, 0, set.stderr);
  }

  /** Kills the engine right after its `save`-th write of the state. Says whether it came to that. */
  async function killAtSave(args: string[], save: number): Promise<boolean> {
    let saves = 0;
    const child = work.start(args);
    const watcher = watch(stacks, (_event, file) => {
      if (file === "dev.json" && ++saves === save) child.kill("SIGKILL");
    });
    const signal = await new Promise<NodeJS.Signals | null>((resolve) =>
      child.on("close", (_code, how) => resolve(how)),
    );
    watcher.close();
    return signal === "SIGKILL";
  }

  async function finish() {
    const again = await work.run(up);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.deepEqual(await objects(), ["ConfigMap/settings", "Deployment/app", "Secret/secret"]);
    const state = JSON.parse(readFileSync(join(stacks, "dev.json"), "utf8"));
    const { resources, pending_operations: pending } = state.checkpoint.latest;
    assert.deepEqual(pending ?? [], []);
    const urns = resources.map(({ urn }: { urn: string }) => urn);
    assert.deepEqual([...new Set(urns)], urns);
    const rest = await work.run(["preview", "-s", "dev", "--expect-no-changes"]);
    assert.equal(rest.code, 0, rest.stdout);
  }

  // Each kill goes on from what the one before left: a first `up` is killed again and again.
  it("finishes a first `up` after a kill at each of its steps", async () => {
    await configure("version", "1");
    let save = 1;
    while (save < 30 && (await killAtSave(up, save))) save += 1;
    assert.ok(save > 3, `the engine was killed ${save - 1} times only`);
    await finish();
  });

  it("finishes a replacement after a kill at each of its steps", async () => {
    let kills = 0;
    for (let save = 1; save < 30; save++) {
      await configure("version", `2.${save}`);
      const killed = await killAtSave(up, save);
      if (killed) kills += 1;
      await finish();
      if (!killed) break;
    }
    assert.ok(kills > 3, `the engine was killed ${kills} times only`);
  });
});
