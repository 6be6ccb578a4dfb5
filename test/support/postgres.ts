import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseConfig } from "#services/registry/src/config";
import { createClient } from "#services/registry/src/database";
import { type Authority, makeAuthority, makeCertificate } from "#test/support/certificates";
import { eventually } from "#test/support/eventually";
import { freePort } from "#test/support/free-port";

/** Debian keeps the server's programs out of the PATH. */
const VERSIONS = "/usr/lib/postgresql";
const USER = "registry";
const PASSWORD = "s3cret";
const HOST = "127.0.0.1";

function programs(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const newest = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a));
  return newest
    .map((version) => join(VERSIONS, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

/** The server refuses to run as root: an unprivileged user's ids in that case. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = execFileSync("id", ["-u", "nobody"], { encoding: "utf8" });
  const group = execFileSync("id", ["-g", "nobody"], { encoding: "utf8" });
  return { uid: Number(nobody), gid: Number(group) };
}

/** A PostgreSQL server of the test's own: on a loopback port, in a folder that goes with it. */
export class Postgres {
  readonly #bin: string;
  readonly #dir: string;
  readonly #port: number;
  readonly #owner = owner();
  #server: ChildProcess | undefined;

  private constructor(bin: string, port: number) {
    this.#bin = bin;
    this.#port = port;
    this.#dir = mkdtempSync(join(tmpdir(), "mcp-mesh-postgres-"));
  }

  /** Starts a server; undefined, after printing why, if this machine has none. */
  static async start(): Promise<Postgres | undefined> {
    const bin = programs();
    if (!bin) {
      console.log(`    no PostgreSQL server in ${VERSIONS}: install the package postgresql-15`);
      return undefined;
    }
    const postgres = new Postgres(bin, await freePort());
    try {
      postgres.#initialise();
      await postgres.certify(await makeAuthority());
      await postgres.resume();
    } catch (error) {
      await postgres.remove();
      throw error;
    }
    return postgres;
  }

  #initialise(): void {
    const password = join(this.#dir, "password");
    if (this.#owner) chownSync(this.#dir, this.#owner.uid, this.#owner.gid);
    this.#write("password", `${PASSWORD}\n`);
    this.#write("hba", "local all all scram-sha-256\nhostssl all all all scram-sha-256\n");
    const options = [
      `--username=${USER}`,
      `--pwfile=${password}`,
      "--auth=scram-sha-256",
      "--no-sync",
    ];
    execFileSync(join(this.#bin, "initdb"), [...options, `--pgdata=${join(this.#dir, "data")}`], {
      cwd: this.#dir,
      stdio: "pipe",
      ...this.#owner,
    });
  }

  #write(name: string, text: string): void {
    const file = join(this.#dir, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (this.#owner) chownSync(file, this.#owner.uid, this.#owner.gid);
  }

  /**
   * Gives the server a certificate of that authority; one that runs takes it up at once. Its clients
   * accept those that `accepted` names, or else that one alone.
   */
  async certify(authority: Authority, accepted = [authority], host = HOST): Promise<void> {
    const { certificate, key } = await makeCertificate(authority, [host]);
    this.#write("tls.crt", certificate);
    this.#write("tls.key", key);
    this.accept(accepted);
    this.#server?.kill("SIGHUP");
  }

  /** Whose certificates clients accept. */
  accept(authorities: readonly Authority[]): void {
    this.#write("ca.crt", authorities.map(({ certificate }) => certificate).join(""));
  }

  /** Starts the server again, after a stop, at the same address. */
  async resume(): Promise<void> {
    const settings = [
      `port=${this.#port}`,
      `listen_addresses=${HOST}`,
      "ssl=on",
      "ssl_min_protocol_version=TLSv1.3",
      `ssl_cert_file=${join(this.#dir, "tls.crt")}`,
      `ssl_key_file=${join(this.#dir, "tls.key")}`,
      `hba_file=${join(this.#dir, "hba")}`,
      `unix_socket_directories=${this.#dir}`,
      "fsync=off",
      "log_min_messages=fatal",
    ].flatMap((setting) => ["-c", setting]);
    const server = spawn(
      join(this.#bin, "postgres"),
      ["-D", join(this.#dir, "data"), ...settings],
      { cwd: this.#dir, stdio: "ignore", ...this.#owner },
    );
    this.#server = server;
    // A run that is cut short ends without hooks.
    const kill = () => server.kill("SIGQUIT");
    process.once("exit", kill);
    server.once("exit", () => process.off("exit", kill));
    await eventually("PostgreSQL accepts connections", 60, async () => {
      if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
      await this.sql("postgres", "SELECT 1");
      return true;
    });
  }

  /** Stops the server as a crash of its machine would look: every connection breaks. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGQUIT");
    await exited;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  config(database: string): DatabaseConfig {
    return {
      host: HOST,
      port: this.#port,
      database,
      user: USER,
      passwordFile: join(this.#dir, "password"),
      tls: { caFile: join(this.#dir, "ca.crt") },
    };
  }

  /** An empty database. */
  async createDatabase(): Promise<DatabaseConfig> {
    const name = `test_${randomBytes(6).toString("hex")}`;
    await this.sql("postgres", `CREATE DATABASE ${name}`);
    return this.config(name);
  }

  /** Runs one statement in a connection of its own and returns the rows. */
  async sql(database: string, statement: string): Promise<Record<string, unknown>[]> {
    const client = createClient(this.config(database));
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  }
}
