import { once } from "node:events";
import { createLog, reason } from "@mcp-mesh/registry/src/log.ts";
import { ConfigError, loadConfig } from "./config.ts";
import { loadPage } from "./content.ts";
import { serve } from "./serve.ts";

const HELP = `Usage: dashboard

Shows the mesh in a browser; SIGTERM drains and ends it.

Environment
  MCP_MESH_REGISTRY_URL  the registry, the only thing that the dashboard calls
  HOST, PORT             address to listen on (0.0.0.0, 8090)
  DRAIN_SECONDS          time between turning unready and closing (5)
  LOG_LEVEL              debug, info, warn or error (info)
`;

/** A mistake in the command line or the environment; nothing was started. */
const MISUSE = 2;

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument !== undefined) {
    if (argument !== "--help" && argument !== "-h") process.exitCode = MISUSE;
    process.stdout.write(HELP);
    return;
  }
  const config = loadConfig(process.env);
  const log = createLog("dashboard", config.logLevel);
  const asked = Promise.race(["SIGTERM", "SIGINT"].map((signal) => once(process, signal)));
  const serving = await serve(config, loadPage(new URL("./page/", import.meta.url)), log);
  await asked;
  await serving.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)}\n`);
  process.exitCode = error instanceof ConfigError ? MISUSE : 1;
});
