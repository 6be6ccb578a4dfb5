import assert from "node:assert/strict";
import { parse } from "yaml";
import { Caller } from "#test/release/caller";
import {
  agentNames,
  clusterOrReason,
  helm,
  inNamespace,
  newestRelease,
  pods,
  prepareNamespace,
  removeAll,
  sql,
  through,
  umbrella,
} from "#test/release/support";
import { eventually } from "#test/support/eventually";
import { getObjects } from "#test/support/kubectl";

const waiting = ["--wait", "--timeout", "240s"];

describe("helm upgrade from the newest release", function () {
  this.timeout(420_000);
  let caller: Caller | undefined;
  let values: Record<string, Record<string, unknown>>;

  const uids = async (name: string) => (await pods(name)).map(({ metadata }) => metadata.uid);
  const marker = () => sql("SELECT words FROM marker");
  /** The values as they are rewritten before the upgrade: the chart tells servers their port now. */
  const rewritten = (note: string) => {
    const agents = Object.entries(values.agents as Record<string, { env?: { PORT?: string } }>).map(
      ([name, { env: { PORT: _port, ...env } = {}, ...own }]) => [name, { ...own, env }],
    );
    const agent = { pod: { annotations: { note } } };
    return { ...values, agent, agents: Object.fromEntries(agents) };
  };

  before(async function () {
    if (!clusterOrReason()) return this.skip();
    await prepareNamespace();
    const release = await newestRelease("values-dev.yaml");
    values = parse(release.values);
    // Two replicas, so that one can answer while the other is replaced.
    const debug = values.agents?.debug as object;
    values = { ...values, agents: { ...values.agents, debug: { ...debug, replicas: 2 } } };
    // There is no image of that release here, and today's page wants a login that it knows nothing of.
    values = { ...values, features: { ...values.features, dashboard: false } };
    // Nor one of its registry, which knew of no TLS: today's speaks to that database when it is told so.
    const registry = { ...values.registry, env: { DATABASE_TLS: "off" } };
    await helm(["install", "mesh", release.path, ...waiting], { ...values, registry });
    await sql("CREATE TABLE marker (words text); INSERT INTO marker VALUES ('still here')");
    await register("marker");
    caller = await Caller.start();
  });
  after(async () => {
    if (clusterOrReason()) await removeAll();
  });

  it("keeps what is in the database, and who is registered", async () => {
    const before = await uids("debug");
    await helm(["upgrade", "mesh", umbrella, ...waiting], rewritten("next"));
    assert.equal(await marker(), "still here");
    assert.deepEqual(await agentNames(), ["debug", "everything", "greeter", "marker"]);
    const after = await eventually("the end of the old pods", 90, async () => {
      const now = await uids("debug");
      return now.length === 2 && !now.some((uid) => before.includes(uid)) && now;
    });
    assert.equal(after.length, 2);
  });

  it("can be taken back by `helm rollback`, with all data", async () => {
    const before = await uids("debug");
    await helm(["rollback", "mesh", "1", ...waiting]);
    assert.equal(await marker(), "still here");
    assert.deepEqual(await agentNames(), ["debug", "everything", "greeter", "marker"]);
    await eventually("the end of the new pods", 90, async () => {
      const now = await uids("debug");
      return now.length === 2 && !now.some((uid) => before.includes(uid));
    });
  });

  it("fails no call to an agent of two replicas, forth or back", async () => {
    assert.ok(caller);
    const { made, failed } = await caller.stop();
    assert.deepEqual(failed, []);
    assert.ok(made > 100, `${made} calls`);
    console.log(`      ${made} calls were answered meanwhile`);
  });

  it("leaves the data's volume behind `helm uninstall`, and little else", async () => {
    await helm(["uninstall", "mesh", "--wait", "--timeout", "180s"]);
    const claims = await getObjects("pvc", "-n", "mcp-mesh");
    const data = claims.find(({ metadata }) => metadata.name === "data-postgres-0");
    assert.equal(data?.status?.phase, "Bound");
    const kinds =
      "deployments,statefulsets,services,networkpolicies,ingresses,roles,resourcequotas";
    assert.equal(await inNamespace("get", kinds, "--output", "name"), "");
  });
});

/** Registers an agent as agents do. */
async function register(id: string): Promise<void> {
  const tools = [{ function_name: "mark", capability: "marker", version: "1.0.0" }];
  const body = { agent_id: id, name: id, http_host: id, http_port: 8080, tools };
  const answer = await through("registry", 8000, (url) =>
    fetch(`${url}/heartbeat`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  assert.equal(answer.ok, true, `${answer.status}`);
}
