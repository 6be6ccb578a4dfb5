import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { Database } from "#services/registry/src/database";
import { createLog } from "#services/registry/src/log";
import { type Authority, makeAuthority } from "#test/support/certificates";
import { eventually } from "#test/support/eventually";
import { Postgres } from "#test/support/postgres";

const log = createLog("test", "error");

describe("the registry's connections to its database", function () {
  this.timeout(120_000);
  let postgres: Postgres | undefined;
  let mine: Authority;

  before(async () => {
    mine = await makeAuthority();
    postgres = await Postgres.start();
  });
  beforeEach(async function () {
    if (!postgres) return this.skip();
    await served([mine]);
  });
  after(() => postgres?.remove());

  /** Gives the server a certificate of the first, and waits until it shows it. */
  const served = async (accepted: Authority[], by = mine, host?: string) => {
    await postgres?.certify(by, accepted, host);
  };
  /** What a new connection says: how it is encrypted, or why there is none. */
  const connect = async (change: object = {}) => {
    const database = new Database({ ...postgres!.config("postgres"), ...change }, log);
    try {
      const own = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
      return (await database.query<{ version: string }>(own)).rows[0]?.version;
    } catch (error) {
      return String((error as Error).cause);
    } finally {
      await database.close();
    }
  };

  it("are encrypted by nothing older than TLS 1.3", async () => {
    await eventually("a connection", 20, async () => (await connect()) === "TLSv1.3");
  });

  it("are refused where another authority vouches for the server", async () => {
    await served([await makeAuthority()]);
    await eventually("a refusal", 20, async () =>
      /self-signed|unable to verify/.test(`${await connect()}`),
    );
    // Nor does the system's own list know it.
    assert.match(`${await connect({ tls: {} })}`, /self-signed|unable to/);
  });

  it("are refused where the certificate is for another host", async () => {
    await served([mine], mine, "elsewhere");
    await eventually("a refusal", 20, async () =>
      /does not match certificate's altnames/.test(`${await connect()}`),
    );
  });

  it("are refused where the server does not speak TLS, before the password is sent", async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => heard.push(data) && socket.write("N"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    assert.match(`${await connect({ port })}`, /does not support SSL/);
    assert.equal(Buffer.concat(heard).length, 8);
    server.close();
  });

  it("say at the start that the authorities' file is missing", () => {
    const config = { ...postgres!.config("postgres"), tls: { caFile: "/nowhere/ca.crt" } };
    assert.throws(() => new Database(config, log), /\/nowhere\/ca\.crt/);
  });

  it("are made anew at every step from one authority to the next, without a restart", async () => {
    const next = await makeAuthority();
    // One connection at a time, and none that lives on.
    const database = new Database({ ...postgres!.config("postgres"), poolSize: 1 }, log);
    const fresh = async () => {
      const end = "SELECT pg_terminate_backend(pg_backend_pid())";
      await database.query(end).catch(() => {});
      return (await database.query("SELECT 1")).rowCount;
    };
    try {
      assert.equal(await fresh(), 1);
      postgres?.accept([mine, next]);
      assert.equal(await fresh(), 1);
      await served([next, mine], next);
      assert.equal(await fresh(), 1);
      await eventually("the new certificate", 20, async () => {
        postgres?.accept([next]);
        return (await connect()) === "TLSv1.3";
      });
      assert.equal(await fresh(), 1);
    } finally {
      await database.close();
    }
  });
});
