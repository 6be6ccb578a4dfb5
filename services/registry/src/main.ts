import { once } from "node:events";
import { parseArgs } from "node:util";
import { type Config, ConfigError, loadConfig } from "./config.ts";
import { createLog, type Log, reason } from "./log.ts";
import { migrate } from "./migrations.ts";
import { RollbackError, readSchema, rollback } from "./rollback.ts";
import { serve } from "./serve.ts";

const HELP = `Usage: registry [serve | migrate | schema | rollback VERSION]

  serve     answer agents' heartbeats (the default); SIGTERM drains and ends it
  migrate   bring the database schema up to date, then end
  schema    tell which migrations the database has had, which of them connected replicas need, and
            what is lost on the way back
  rollback  take the schema back to that version; refused while a replica needs a newer one

Environment
  HOST, PORT                address to listen on (0.0.0.0, 8000)
  DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER
                            the PostgreSQL database (port 5432)
  DATABASE_PASSWORD_FILE    file with the password, read at every new connection
  DATABASE_CA_FILE          file with the authorities that may vouch for the database, read like that
                            one (the system's)
  DATABASE_TLS              verify: the database shows a certificate for its host; off: for one that
                            has none (verify)
  MCP_MESH_DECLARED_AGENTS  JSON file of agents that send no heartbeats (optional)
  MCP_MESH_READ_ONLY        true: answer questions, but take no registrations (false)
  DRAIN_SECONDS             time between turning unready and closing (5)
  LOG_LEVEL                 debug, info, warn or error (info)
`;

/** A mistake in the command line or the environment; nothing was started. */
const MISUSE = 2;

const COMMANDS = ["serve", "migrate", "schema", "rollback"];

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(MISUSE);
}

/** The command, and the version of a rollback. */
function readCommand(): { command: string; version: number } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" } },
    });
    const [command = "serve", version = "", ...more] = positionals;
    if (values.help) return { command: "help", version: 0 };
    if (!COMMANDS.includes(command)) refuse(`There is no command "${command}".\n\n${HELP}`);
    if (command === "rollback" && !/^\d{1,4}$/.test(version)) {
      refuse("To which version? Such as: rollback 1; the command schema tells which there are.");
    }
    if (more.length > 0 || (command !== "rollback" && version !== "")) {
      refuse(`One command at a time, not: ${positionals.join(" ")}`);
    }
    return { command, version: Number(version) };
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
  const { command, version } = readCommand();
  if (command === "help") {
    process.stdout.write(HELP);
    return;
  }
  const config = readConfig();
  const log = createLog("registry", config.logLevel);
  if (command !== "serve") {
    // Nothing ends process 1 of a container unless it listens; the database rolls back.
    process.once("SIGTERM", () => process.exit(143));
    return onSchema(command, version, config, log);
  }
  const asked = Promise.race(["SIGTERM", "SIGINT"].map((signal) => once(process, signal)));
  const serving = await serve(config, log);
  await asked;
  await serving.stop();
}

async function onSchema(command: string, to: number, config: Config, log: Log): Promise<void> {
  if (command === "schema") {
    log.info("the schema", { ...(await readSchema(config.database, log)) });
    return;
  }
  if (command === "migrate") {
    log.info("the schema is up to date", { version: await migrate(config.database, log) });
    return;
  }
  try {
    log.info("the schema is taken back", { version: await rollback(config.database, to, log) });
  } catch (error) {
    if (error instanceof RollbackError) return refuse(error.message);
    throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)}\n`);
  process.exitCode = 1;
});
