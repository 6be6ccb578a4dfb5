import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUSYBOX_IMAGE } from "#local/cluster/images";
import { projectRoot } from "#local/setup/environment";
import { kubectl, Manifests, openBench, Program } from "#test/bench/contenders";
import { type Contender, compare, timed } from "#test/bench/measure";
import { benchObjects } from "#test/bench/objects";
import { run } from "#test/support/project";

const namespace = "engine-bench";

/**
 * The local engine against helm, and against the Pulumi CLI where one is on the PATH: the same 30
 * objects created and waited for, and previewed again with nothing to change.
 */
export async function benchEngine(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-bench-"));
  const bench = await openBench();
  const clear = () => kubectl(bench, "delete", "namespace", namespace, "--ignore-not-found");
  const fresh = async () => {
    await clear();
    await kubectl(bench, "create", "namespace", namespace);
  };
  try {
    const objects = benchObjects(namespace, BUSYBOX_IMAGE);
    const manifests = new Manifests(bench, join(folder, "manifests"), objects);
    const file = join(folder, "objects.json");
    writeFileSync(file, JSON.stringify(objects));
    const programs = [new Program(bench, join(folder, "local"), { objects: file })];
    if ((await run("pulumi", ["version"], { env: bench.env })).code === 0) {
      programs.unshift(new Program(bench, join(folder, "cli"), { objects: file }, true));
    }

    const up = ["up", "--yes", "--skip-preview"];
    const helm: Contender = {
      name: "helm upgrade --install --wait",
      before: async () => {
        await manifests.helmUninstall();
        await fresh();
      },
      commands: manifests.helmUpgrade(),
    };
    const ours = programs.map((program): Contender => {
      const before = async () => {
        await program.forget();
        await fresh();
      };
      return { name: `${program.name}, up`, before, commands: [program.command(...up)] };
    });
    await compare("create 30 objects and wait until they are ready", rounds, [helm, ...ours]);
    await manifests.helmUninstall();

    const preview = ["preview", "--expect-no-changes"];
    const pack = ["--policy-pack", join(projectRoot, "policy")];
    for (const program of programs) {
      await program.forget();
      await fresh();
      await timed("up", [program.command(...up)]);
      await compare(`preview with nothing to change: ${program.name}`, rounds, [
        { name: "with the policy pack", commands: [program.command(...preview, ...pack)] },
        { name: "no policy pack", commands: [program.command(...preview)] },
      ]);
    }
  } finally {
    await clear();
    rmSync(folder, { recursive: true, force: true });
  }
}
