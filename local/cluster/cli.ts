import { parseArgs } from "node:util";
import {
  type ClusterSpec,
  clusterSpec,
  defaultCluster,
  down,
  status,
  up,
} from "#local/cluster/cluster";

const HELP = `Usage: npm run cluster -- up|down|status [--name NAME]

Real Kubernetes on this machine: three nodes in three zones, no Docker.

  up       bring the cluster up; does nothing when it is, repairs it when it was killed
  down     end it and delete everything of it, data included (built binaries stay cached)
  status   what runs and what does not; exit code 1 when something is wrong

  --name NAME   another cluster beside the default one (${defaultCluster.name}), with its own addresses
  --help        this text
`;

function elapsed(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1).padStart(6)} s`;
}

async function showStatus(spec: ClusterSpec): Promise<number> {
  const report = await status(spec);
  const lines: string[] = [];
  if (report.exists) {
    for (const machine of report.machines) {
      const state = machine.pid === undefined ? "dead" : `process ${machine.pid}`;
      lines.push(`${machine.name.padEnd(26)}${state.padEnd(16)}${machine.address}`);
      for (const unit of report.units.filter((each) => each.machine === machine.name)) {
        const running = unit.pid === undefined ? "dead" : `process ${unit.pid}`;
        lines.push(`  ${unit.name.padEnd(24)}${running.padEnd(16)}${unit.log}`);
      }
    }
    for (const node of report.nodes) {
      const state = node.ready ? "Ready" : "NotReady";
      lines.push(`${node.name.padEnd(26)}${state.padEnd(16)}zone ${node.zone}`);
    }
    lines.push(`${"kubeconfig".padEnd(26)}${spec.kubeconfig}`);
    lines.push(`${"image registry".padEnd(26)}http://${spec.registry}`);
  }
  lines.push(...report.problems.map((problem) => `wrong: ${problem}`));
  if (report.problems.length === 0) lines.push(`cluster ${spec.name} is healthy`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return report.problems.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: "string" }, help: { type: "boolean" } },
  });
  const [verb, ...rest] = positionals;
  if (values.help || verb === undefined) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  if (rest.length > 0) throw new Error(`"${rest[0]}" is one argument too many; see --help`);
  const spec = clusterSpec(values.name ?? defaultCluster.name);
  const started = Date.now();
  const progress = (line: string) => process.stdout.write(`${elapsed(started)}  ${line}\n`);
  switch (verb) {
    case "up":
      await up(spec, progress);
      progress(`cluster ${spec.name} is up: export KUBECONFIG=${spec.kubeconfig}`);
      return 0;
    case "down":
      await down(spec, progress);
      progress(`cluster ${spec.name} is gone`);
      return 0;
    case "status":
      return await showStatus(spec);
    default:
      throw new Error(`"${verb}" is not a command; use up, down or status`);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
