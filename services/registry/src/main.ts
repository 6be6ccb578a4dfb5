import { once } from "node:events";
import { parseArgs } from "node:util";
import { ConfigError, loadConfig } from "./config.ts";
import { createLog, reason } from "./log.ts";
import { migrate } from "./migrations.ts";
import { serve } from "./serve.ts";

const HELP = `Usage: registry [serve | migrate]

  serve    answer agents' heartbeats (the default); SIGTERM drains and ends it
  migrate  bring the database schema up to date, then end

Environment
  HOST, PORT                address to listen on (0.0.0.0, 8000)
  DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER
                            the PostgreSQL database (port 5432)
  DATABASE_PASSWORD_FILE    file with the password, read at every new connection
  MCP_MESH_DECLARED_AGENTS  JSON file of agents that send no heartbeats (optional)
  MCP_MESH_READ_ONLY        true: answer questions, but take no registrations (false)
  DRAIN_SECONDS             time between turning unready and closing (5)
  LOG_LEVEL                 debug, info, warn or error (info)
`;

/** A mistake in the command line or the environment; nothing was started. */
const MISUSE = 2;

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(MISUSE);
}

function readCommand(): string {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" } },
    });
    if (values.help) return "help";
    if (positionals.length > 1) refuse(`One command at a time, not: ${positionals.join(" ")}`);
    return positionals[0] ?? "serve";
  } catch (error) {
    return refuse(`${reason(error)}\n\n${HELP}`);
  }
}

function readConfig() {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return refuse(error.message);
    throw error;
  }
}

async function main(): Promise<void> {
  const command = readCommand();
  if (command === "help") {
    process.stdout.write(HELP);
    return;
  }
  if (command !== "serve" && command !== "migrate") {
    refuse(`There is no command "${command}".\n\n${HELP}`);
  }
  const config = readConfig();
  const log = createLog("registry", config.logLevel);
  if (command === "migrate") {
    // Nothing ends process 1 of a container unless it listens; the database rolls back.
    process.once("SIGTERM", () => process.exit(143));
    log.info("the schema is up to date", { version: await migrate(config.database, log) });
    return;
  }
  const asked = Promise.race(["SIGTERM", "SIGINT"].map((signal) => once(process, signal)));
  const serving = await serve(config, log);
  await asked;
  await serving.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)}\n`);
  process.exitCode = 1;
});
