import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBinaries } from "#local/cluster/binaries";
import { down, up } from "#local/cluster/cluster";
import { checkMachine, ensurePackages } from "#local/cluster/prerequisites";
import { clusterSpec } from "#local/cluster/spec";
import { buildAndPush } from "#local/images/build";
import { Manifests, openBench } from "#test/bench/contenders";
import { type Command, type Measured, report, say, timed } from "#test/bench/measure";
import type { BenchObject } from "#test/bench/objects";
import { benchPreviews } from "#test/bench/preview";
import { Project } from "#test/support/project";

/** Does the work on the cluster that KUBECONFIG names, or else on one of its own with the images. */
export async function onCluster(work: () => Promise<void>): Promise<void> {
  if (process.env.KUBECONFIG) return work();
  const spec = clusterSpec("bench");
  await checkMachine();
  await ensurePackages(say);
  await ensureBinaries(say);
  await up(spec, say);
  try {
    await buildAndPush({ registry: spec.registry, progress: say });
    process.env.KUBECONFIG = spec.kubeconfig;
    await work();
  } finally {
    await down(spec, say);
  }
}

/** Times the fastest other tool's seconds. */
const TARGET = 1.1;
const STACK = "dev";
const PHASES = ["from nothing to Ready", "with nothing to change", "one change, rolled out"];

/** Brings the objects to one of their two versions, and waits until they are ready. */
interface Tool {
  name: string;
  commands: (version: "first" | "changed") => Command[];
  /** Forgets what the tool knows of an earlier deployment. */
  forget: () => Promise<unknown>;
}

/**
 * The dev stack's own objects, deployed, deployed again and changed by helm, by kubectl and by the
 * program on the local engine; then previews of stacks of many objects.
 */
export const benchDeploy = (rounds: number): Promise<void> =>
  onCluster(async () => {
    await benchStack(rounds);
    await benchPreviews(Math.min(rounds, 3));
  });

async function benchStack(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-bench-"));
  const bench = await openBench();
  const project = new Project(bench.env.KUBECONFIG ?? "");
  try {
    const edits = {
      first: () => project.edit("agents/debug.yaml", (text) => text.replace(', BENCH: "1"', "")),
      changed: () =>
        project.edit("agents/debug.yaml", (text) =>
          text.replace('env: { PORT: "8080"', 'env: { PORT: "8080", BENCH: "1"'),
        ),
    };
    const [command, args] = project.command("up", "--yes", "--skip-preview", "--stack", STACK);
    const deploy: Command = { command, args, cwd: project.dir, env: project.env };

    say("Deploying the stack once, for its objects …");
    await timed("up", [deploy]);
    const first = await deployedObjects(project);
    edits.changed();
    await timed("up", [deploy]);
    const changed = await deployedObjects(project);
    edits.first();
    const manifests = {
      first: new Manifests(bench, join(folder, "first"), first),
      changed: new Manifests(bench, join(folder, "changed"), changed),
    };
    say(`${first.length} objects; rounds: ${rounds}`);

    const tools: Tool[] = [
      {
        name: "helm upgrade --install --wait",
        commands: (version) => manifests[version].helmUpgrade(),
        forget: () => manifests.first.helmUninstall(),
      },
      {
        name: "kubectl apply --server-side, rollout status",
        commands: (version) => manifests[version].kubectlApply(),
        forget: async () => undefined,
      },
      {
        name: "npm run pulumi -- up",
        commands: () => [deploy],
        forget: async () => {
          rmSync(join(project.dir, "state"), { recursive: true });
          mkdirSync(join(project.dir, "state"));
        },
      },
    ];
    const clear = async (tool: Tool) => {
      await tool.forget();
      await manifests.changed.delete();
      await manifests.first.delete();
    };
    const measured = PHASES.map(() => tools.map(({ name }): Measured => ({ name, seconds: [] })));
    for (const tool of tools) await clear(tool);
    for (let round = 0; round < rounds; round++) {
      for (const [index, tool] of tools.entries()) {
        const note = async (phase: number, version: "first" | "changed") => {
          const seconds = await timed(tool.name, tool.commands(version));
          measured[phase]?.[index]?.seconds.push(seconds);
          say(`  round ${round + 1}, ${tool.name}, ${PHASES[phase]}: ${seconds.toFixed(1)} s`);
        };
        await note(0, "first");
        await note(1, "first");
        edits.changed();
        await note(2, "changed");
        edits.first();
        await clear(tool);
      }
    }
    for (const [phase, title] of PHASES.entries()) {
      report(`the ${STACK} stack, ${title}`, measured[phase] ?? [], TARGET);
    }
  } finally {
    project.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The objects of the deployed stack as the API server was given them, in an order that works. */
async function deployedObjects(project: Project): Promise<BenchObject[]> {
  const { code, stdout, text } = await project.pulumi([
    ...["stack", "export", "--show-secrets", "--stack", STACK],
  ]);
  if (code !== 0) throw new Error(text);
  const resources: { type: string; inputs?: unknown }[] = JSON.parse(stdout).deployment.resources;
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm.sh/"))
    .map(({ inputs }) => open(inputs) as BenchObject);
}

/** A value without the wrappers around its secrets. */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value) return open(JSON.parse(String(value.plaintext)));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
}
