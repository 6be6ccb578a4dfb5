/**
 * `npm run pulumi -- VERB …`: the Pulumi CLI's verbs and flags, on the CLI where there is one and
 * on the local engine where there is not. MCP_MESH_ENGINE=local|cli chooses by hand.
 */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { kubeconfigEnvironment, script } from "#local/setup/environment";

function onPath(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== "" && !folder.includes("node_modules");
    } catch {
      return false;
    }
  });
}

function engine(): "local" | "cli" {
  const wanted = process.env.MCP_MESH_ENGINE;
  if (wanted === undefined || wanted === "") return onPath("pulumi") ? "cli" : "local";
  if (wanted === "local" || wanted === "cli") return wanted;
  process.stderr.write(
    `error: MCP_MESH_ENGINE is "${wanted}"; it takes "local" (the engine of this project) or "cli" (the Pulumi CLI on the PATH)\n`,
  );
  process.exit(1);
}

const args = process.argv.slice(2);
const [command, commandArgs] =
  engine() === "cli" ? ["pulumi", args] : script("local/engine/main.ts", ...args);
const child = spawn(command, commandArgs, {
  stdio: "inherit",
  env: kubeconfigEnvironment(process.env),
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code) => process.exit(code ?? 1));
