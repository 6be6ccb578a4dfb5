import assert from "node:assert/strict";
import { Agent, Database, Foundation, Registry, ReleaseCheck } from "#components/index";
import { recommendedLabels } from "#components/internal/house";
import { resolveStack } from "#config/stack";
import { one, type Registered, registered } from "#test/support/mocks";
import { stackSources } from "#test/support/stack-sources";

const CHART = "kubernetes:helm.sh/v4:Chart";
const stack = resolveStack(stackSources("dev"));
const { namespace } = stack;
const connection = { host: "db", port: 5432, name: "registry", existingSecret: "login" };

/** What a Chart was given, as its chart gets it. */
const chartArgs = (resources: Registered[], name: string) =>
  one(resources, CHART, name).inputs as {
    chart: string;
    name: string;
    namespace: string;
    values: Record<string, unknown>;
  };

describe("Foundation", () => {
  it("makes the namespace with the restricted profile enforced, warned of and audited", async () => {
    const made = await registered(() => {
      new Foundation("base", { namespace: "mesh", ...stack.foundation });
    });
    const { metadata } = one(made, "kubernetes:core/v1:Namespace", "base-namespace").inputs as {
      metadata: { name: string; labels: Record<string, string> };
    };
    assert.equal(metadata.name, "mesh");
    for (const mode of ["enforce", "warn", "audit"]) {
      assert.equal(metadata.labels[`pod-security.kubernetes.io/${mode}`], "restricted");
    }
    assert.equal(chartArgs(made, "base").namespace, "mesh");
    assert.deepEqual(chartArgs(made, "base").values, stack.foundation);
  });
});

describe("Database", () => {
  const make = () =>
    registered(() => {
      new Database("db", { namespace, ...stack.postgres });
    });

  it("gives its keeper and the registry a generated password each, in Secrets of their own", async () => {
    const made = await make();
    for (const login of ["superuser", "registry"]) {
      one(made, "random:index/randomPassword:RandomPassword", `db-${login}`);
      const secret = one(made, "kubernetes:core/v1:Secret", `db-${login}`);
      const labels = recommendedLabels(`db-${login}`, "postgres");
      assert.deepEqual(secret.inputs.metadata as object, {
        name: `db-${login}`,
        namespace,
        labels,
      });
    }
  });

  it("tells its chart which Secrets to use, and no password", async () => {
    const { values } = chartArgs(await make(), "db");
    assert.deepEqual(values.superuser, { existingSecret: "db-superuser" });
    assert.deepEqual(values.application, {
      name: "registry",
      existingSecret: "db-registry",
      logins: ["a", "b"].map((turn) => ({
        name: `registry_${turn}`,
        existingSecret: `db-registry-${turn}`,
      })),
    });
    assert.doesNotMatch(JSON.stringify(values), /generated/);
  });

  it("says how its owner reaches it", async () => {
    let found: Database["connection"] | undefined;
    await registered(() => {
      found = new Database("db", { namespace, ...stack.postgres }).connection;
    });
    const login = { user: "registry_a", existingSecret: "db-registry-a" };
    assert.deepEqual(found, { ...connection, host: "db", ...login, caSecret: "db-tls" });
  });
});

describe("Registry", () => {
  it("gives its chart the connection and the declared agents", async () => {
    const made = await registered(() => {
      new Registry("registry", { namespace, ...stack.registry, database: connection });
    });
    const { values, chart } = chartArgs(made, "registry");
    assert.equal(chart, "./charts/registry");
    assert.deepEqual(values.database, connection);
    assert.deepEqual(values.declaredAgents, stack.registry.declaredAgents);
  });
});

describe("Agent", () => {
  it("deploys its chart under the agent's own name, which becomes the Service's", async () => {
    const [agent] = stack.agents;
    assert.ok(agent);
    const made = await registered(() => {
      new Agent(agent.name, { namespace, ...agent.values });
    });
    const args = chartArgs(made, agent.name);
    assert.deepEqual([args.name, args.namespace], [agent.name, namespace]);
    assert.deepEqual(args.values, agent.values);
  });
});

describe("ReleaseCheck", () => {
  it("deploys its chart with every target that it was given", async () => {
    const made = await registered(() => {
      new ReleaseCheck("check", { namespace, ...stack.releaseCheck });
    });
    const { chart, values } = chartArgs(made, "check");
    assert.equal(chart, "./charts/release-check");
    assert.deepEqual(values, stack.releaseCheck);
  });
});
