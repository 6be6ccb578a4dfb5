import assert from "node:assert/strict";
import { Agent, Database, Foundation, Registry, ReleaseCheck } from "#components/index";
import { resolveStack } from "#config/stack";
import { one, type Registered, registered } from "#test/support/mocks";
import { stackSources } from "#test/support/stack-sources";

interface Container {
  terminationMessagePolicy: string;
}
interface Rule {
  ports: { port: number }[];
  to: { podSelector: { matchLabels: Record<string, string> } }[];
}

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
      assert.deepEqual(secret.inputs.metadata as object, { name: `db-${login}`, namespace });
    }
  });

  it("tells its chart which Secrets to use, and no password", async () => {
    const { values } = chartArgs(await make(), "db");
    assert.deepEqual(values.superuser, { existingSecret: "db-superuser" });
    assert.deepEqual(values.application, { name: "registry", existingSecret: "db-registry" });
    assert.doesNotMatch(JSON.stringify(values), /generated/);
  });

  it("says how its owner reaches it", async () => {
    let found: Database["connection"] | undefined;
    await registered(() => {
      found = new Database("db", { namespace, ...stack.postgres }).connection;
    });
    assert.deepEqual(found, { ...connection, host: "db", existingSecret: "db-registry" });
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
  const args = { namespace, ...stack.releaseCheck };
  const make = (change: Partial<typeof args> = {}) =>
    registered(() => {
      new ReleaseCheck("check", { ...args, ...change });
    });
  const jobOf = (resources: Registered[]) =>
    one(resources, "kubernetes:batch/v1:Job", "check-job").inputs as {
      metadata: { name: string; annotations: Record<string, string> };
      spec: {
        backoffLimit: number;
        template: {
          metadata: { labels: Record<string, string> };
          spec: { containers: Container[]; volumes: { configMap: { name: string } }[] };
        };
      };
    };

  it("runs again under another name when there is something new to prove", async () => {
    const name = async (change?: Partial<typeof args>) => jobOf(await make(change)).metadata.name;
    assert.equal(await name(), await name());
    assert.notEqual(await name({ proves: "else" }), await name());
    assert.notEqual(await name({ image: "other:1" }), await name());
    assert.notEqual(await name({ targets: args.targets.slice(1) }), await name());
  });

  it("is replaced if it failed, and never retries by itself", async () => {
    const { metadata, spec } = jobOf(await make());
    assert.equal(metadata.annotations["pulumi.com/replaceUnready"], "true");
    assert.equal(spec.backoffLimit, 0);
  });

  it("says in the Job's status why it failed", async () => {
    const [container] = jobOf(await make()).spec.template.spec.containers;
    assert.equal(container?.terminationMessagePolicy, "FallbackToLogsOnError");
  });

  it("checks every target that it was given, and may reach these alone", async () => {
    const made = await make();
    const map = one(made, "kubernetes:core/v1:ConfigMap", "check-targets").inputs as {
      metadata: { name: string };
      data: Record<string, string>;
    };
    const [volume] = jobOf(made).spec.template.spec.volumes;
    assert.equal(volume?.configMap.name, map.metadata.name);
    const listed = JSON.parse(map.data["targets.json"] ?? "");
    assert.deepEqual(listed.targets, args.targets);
    const policy = one(made, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "check-network")
      .inputs as {
      spec: { egress: Rule[]; ingress?: unknown; podSelector: { matchLabels: object } };
    };
    const [dns, ...calls] = policy.spec.egress;
    assert.equal(dns?.ports[0]?.port, 53);
    const reached = calls.map((rule) => [
      rule.to[0]?.podSelector.matchLabels["app.kubernetes.io/name"],
      rule.ports[0]?.port,
    ]);
    assert.deepEqual(reached, [
      ["debug", 8080],
      ["everything", 8080],
      ["greeter", 8080],
    ]);
    assert.equal(policy.spec.ingress, undefined);
    const { labels } = jobOf(made).spec.template.metadata;
    assert.deepEqual({ ...labels, ...policy.spec.podSelector.matchLabels }, labels);
  });
});
