import assert from "node:assert/strict";
import { violationsIn } from "./support/objects.ts";

const labels = { app: "db" };
const server = (container: object, name = "db") => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name, namespace: "n" },
  spec: { template: { metadata: { labels }, spec: { containers: [{ name: "c", ...container }] } } },
});
const limited = (limit: number, name?: string) =>
  server({ args: ["-c", `max_connections=${limit}`] }, name);

const variable = (name: string, value?: string) => ({ name, value });
const host = variable("DATABASE_HOST", "db");
const client = (env: object[] | null, spec: object = { replicas: 3 }) => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "web", namespace: "n" },
  spec: { ...spec, template: { spec: { containers: [{ name: "c", env }] } } },
});
const pool = (size: string) => client([host, variable("DATABASE_POOL_SIZE", size)]);

const exceeded = (objects: object[], settings: object = {}) =>
  violationsIn(objects, { "fits-connections": { ...settings } }).paths.R8 ?? [];

describe("the connections of a database", () => {
  const args = ["spec.template.spec.containers[0].args[1]"];

  it("suffice for all pools and for administrators", () => {
    assert.deepEqual(exceeded([limited(33), pool("10")]), []);
    assert.deepEqual(exceeded([limited(32), pool("10")]), args);
    assert.deepEqual(exceeded([limited(30), pool("10")], { reserved: 0 }), []);
    assert.deepEqual(exceeded([limited(29), pool("10")], { reserved: 0 }), args);
  });
  it("suffice for several clients with the surge of their updates", () => {
    const other = { ...client([host, variable("DB_POOL_SIZE", "5")], {}), kind: "Deployment" };
    assert.deepEqual(exceeded([limited(43), pool("10"), other]), []);
    assert.deepEqual(exceeded([limited(42), pool("10"), other]), args);
  });

  for (const [what, container, path] of [
    ["an argument", { args: ["--max-connections=10"] }, "args[0]"],
    ["a command", { command: ["sh", "-c", "postgres -c max_connections=10"] }, "command[2]"],
    [
      "a variable",
      { env: [variable("A"), variable("POSTGRESQL_MAX_CONNECTIONS", "10")] },
      "env[1].value",
    ],
  ] as const) {
    it(`are shown by ${what}`, () => {
      const found = [`spec.template.spec.containers[0].${path}`];
      assert.deepEqual(exceeded([server(container), pool("10")]), found);
    });
  }
  it("are shown by a cluster of CloudNativePG", () => {
    const cluster = (parameters: unknown) => ({
      apiVersion: "postgresql.cnpg.io/v1",
      kind: "Cluster",
      metadata: { name: "pg", namespace: "n" },
      spec: { postgresql: parameters === undefined ? undefined : { parameters } },
    });
    const path = ["spec.postgresql.parameters.max_connections"];
    for (const name of ["pg", "pg-rw", "pg-r", "pg-ro.n"]) {
      const web = client([variable("H", name), variable("DB_POOL_SIZE", "10")]);
      assert.deepEqual(exceeded([cluster({ max_connections: "32" }), web]), path, name);
      assert.deepEqual(exceeded([cluster({ max_connections: "33" }), web]), [], name);
      assert.deepEqual(exceeded([cluster({}), cluster(undefined), web]), []);
    }
  });
  it("are not shown by what only looks like it", () => {
    for (const container of [
      { args: ["xmax_connections=1", "max_connections=many", null] },
      { env: [variable("MAX_CONNECTIONS", "1"), variable("MYSQL_MAX_CONNECTIONS", "x"), null] },
    ]) {
      assert.deepEqual(exceeded([server(container), pool("10")]), []);
    }
  });

  it("are opened by what a variable or an address says", () => {
    const url = (query: string) =>
      client([variable("URL", `postgres://w@db.n.svc:5432/w?${query}`)]);
    for (const query of ["pool_max_conns=10", "a=b&connection_limit=10", "pool_size=10"]) {
      assert.deepEqual(exceeded([limited(32), url(query)]), args, query);
      assert.deepEqual(exceeded([limited(33), url(query)]), [], query);
    }
    assert.deepEqual(exceeded([limited(1), url("xpool_size=10")]), []);
    const own = client([host, variable("MY_POOL", "10"), null as never]);
    assert.deepEqual(exceeded([limited(1), own]), []);
    assert.deepEqual(exceeded([limited(1), own], { variables: ["MY_POOL"] }), args);
    assert.deepEqual(exceeded([limited(1), pool("10")], { variables: ["MY_POOL"] }), []);
    assert.deepEqual(exceeded([limited(1), pool("ten"), client(null), client([host])]), []);
  });
  it("are opened by what the settings say of a workload", () => {
    const pools = [
      { workload: "StatefulSet n/other", connections: 50 },
      { workload: "StatefulSet n/web", connections: 11 },
    ];
    assert.deepEqual(exceeded([limited(36), client([host])], { pools }), []);
    assert.deepEqual(exceeded([limited(35), client([host])], { pools }), args);
    assert.deepEqual(exceeded([limited(35), pool("1")], { pools }), args);
  });

  it("are those of the server that the client names", () => {
    const to = (value: string) => client([variable("H", value), variable("DB_POOL_SIZE", "10")]);
    for (const value of ["db", "db.n", "db.n.svc", "db.n.svc.cluster.local:5432", "x://u@db/d"]) {
      assert.deepEqual(exceeded([limited(1), to(value)]), args, value);
    }
    for (const value of ["db2", "mydb", "a.db", "db.m", "db.example.org", "my-db", "db-x", "pg"]) {
      assert.deepEqual(exceeded([limited(1), to(value)]), [], value);
    }
  });
  it("are reached by the Services that select the server", () => {
    const service = (selector: unknown, namespace = "n") => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "sql", namespace },
      spec: { selector },
    });
    const web = client([variable("H", "sql"), variable("DB_POOL_SIZE", "10")]);
    assert.deepEqual(exceeded([limited(1), service(labels), web]), args);
    assert.deepEqual(exceeded([limited(1), service({ app: "x" }), web]), []);
    assert.deepEqual(exceeded([limited(1), service(undefined), web]), []);
    assert.deepEqual(exceeded([limited(1), service(labels, "m"), web]), []);
  });
});
