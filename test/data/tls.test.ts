import assert from "node:assert/strict";
import { Databases } from "#test/data/support";
import { type Authority, databaseTls, makeAuthority } from "#test/support/certificates";
import { eventually } from "#test/support/eventually";

const amounts = { memory: "256Mi", "ephemeral-storage": "64Mi" };
const values = {
  storage: { size: "1Gi" },
  maxConnections: 20,
  resources: { requests: { cpu: "50m", ...amounts }, limits: { cpu: "1", ...amounts } },
};

describe("the TLS of a PostgreSQL release", function () {
  this.timeout(360_000);
  let databases: Databases;
  const authorities: Authority[] = [];

  const inPod = (script: string, ...args: string[]) =>
    databases.kubectl(
      "exec",
      "postgres-0",
      "-c",
      "postgres",
      "--",
      "sh",
      "-c",
      script,
      "sh",
      ...args,
    );
  /** What a client of the application says that comes over TCP, with more settings of libpq. */
  const connect = (settings: string) =>
    inPod(
      `PGPASSWORD="$(cat /etc/mcp-mesh/application/password)"; export PGPASSWORD
      exec psql "user=registry dbname=registry hostaddr=127.0.0.1 $1" -XAt -c \\
        "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"`,
      settings,
    );
  const verifying = (file: string, host = `postgres.${databases.namespace}.svc`) =>
    connect(`host=${host} sslmode=verify-full sslrootcert=${file}`);
  /** Gives the server a certificate of the first, and clients both. */
  const give = async (by: Authority, ...others: Authority[]) => {
    const secret = (await databaseTls("postgres", databases.namespace, by)) as {
      stringData: Record<string, string>;
    };
    const bundle = [by, ...others].map(({ certificate }) => certificate).join("");
    await databases.apply({ ...secret, stringData: { ...secret.stringData, "ca.crt": bundle } });
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    for (const which of ["one", "two"]) {
      const authority = await makeAuthority(which);
      authorities.push(authority);
    }
    await give(authorities[0]!);
    await databases.install("postgres", values);
    const write = 'printf %s "$2" > "/tmp/$1.crt"';
    await inPod(write, "one", authorities[0]!.certificate);
    await inPod(write, "two", authorities[1]!.certificate);
  });
  after(() => databases?.remove());

  it("is TLS 1.3, and proves that the server is the one that was asked for", async () => {
    assert.equal(await verifying("/tmp/one.crt"), "TLSv1.3");
    await assert.rejects(verifying("/tmp/one.crt", "elsewhere"), /does not match host name/);
    await assert.rejects(verifying("/tmp/two.crt"), /certificate verify failed/);
  });

  it("is the only way in over the network: who comes without it is refused", async () => {
    await assert.rejects(connect("host=postgres sslmode=disable"), /no encryption/);
  });

  it("takes up another authority's certificate without a restart, and breaks no connection", async () => {
    const { uid } = (await databases.pod("postgres")).metadata;
    const began = await databases.sql("postgres", "SELECT pg_postmaster_start_time()");
    stay().catch(() => {}); // It is cut off with the pod.
    await eventually("a connection that stays", 60, async () => (await staying()) !== "");
    const pid = await staying();
    await give(authorities[1]!, authorities[0]!);
    // The kubelet looks at a pod's Secrets once a minute, or when the pod changes.
    await databases.kubectl("annotate", "pod", "postgres-0", "look=again", "--overwrite");
    const since = Date.now();
    await eventually("the server shows the new one", 200, () => verifying("/tmp/two.crt"));
    console.log(`      the new certificate is shown after ${(Date.now() - since) / 1000} s`);
    await assert.rejects(verifying("/tmp/one.crt"), /certificate verify failed/);
    assert.equal(await staying(), pid);
    assert.equal((await databases.pod("postgres")).metadata.uid, uid);
    assert.equal(await databases.sql("postgres", "SELECT pg_postmaster_start_time()"), began);
  });

  /** A connection that is made once, and stays. */
  const stay = () =>
    inPod(
      `PGPASSWORD="$(cat /etc/mcp-mesh/application/password)"; export PGPASSWORD
      exec psql "user=registry hostaddr=127.0.0.1 host=postgres sslmode=verify-full sslrootcert=/tmp/one.crt \
        application_name=stays" -XAtq -c "SELECT pg_sleep(600)"`,
    );
  /** The process in the server that serves it. */
  const staying = () =>
    databases.sql(
      "postgres",
      "SELECT pid FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE ssl AND application_name = 'stays'",
    );
});
