import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runningMachines } from "#local/cluster/lifecycle";
import { SWITCH } from "#local/cluster/machine";
import type { ClusterSpec } from "#local/cluster/spec";
import { processes, until } from "#local/cluster/system";
import { script } from "#local/setup/environment";

/**
 * Runs `npm run open` for a stack's dashboard beside the local cluster, if it does not run yet, and
 * returns the address. It is a process of the cluster's switch, so that it ends when the cluster does.
 */
export async function openBeside(spec: ClusterSpec, stack: string): Promise<string> {
  const hub = runningMachines(spec).get(SWITCH);
  if (hub === undefined) throw new Error(`cluster ${spec.name} does not run: npm run up starts it`);
  const file = join(spec.home, "log", `open-${stack}.log`);
  const [node, args] = script("local/setup/open.ts", "--stack", stack);
  const command = [node, ...args];
  const runs = () => processes().some((each) => each.command.join("\0") === command.join("\0"));
  if (!runs()) {
    const log = openSync(file, "w", 0o600);
    const env = { ...process.env, KUBECONFIG: spec.kubeconfig };
    const inside = ["--target", String(hub), "--pid", ...command];
    const child = spawn("nsenter", inside, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
      env,
    });
    closeSync(log);
    child.on("error", () => {}); // seen below: no address comes
    child.unref();
  }
  return until(`the dashboard's address in ${file}`, 30, async () => {
    return /http:\S+/.exec(readFileSync(file, "utf8"))?.[0];
  });
}
