import assert from "node:assert/strict";
import { render, theOnly } from "#test/support/charts";

const target = (name: string) => ({
  name,
  url: `http://${name}.mcp-mesh.svc:8080/mcp`,
  tool: "echo",
  arguments: { message: "hello" },
  expect: "hello",
});
const values = {
  targets: [target("debug"), target("greeter")],
  network: { egress: ["debug", "greeter"].map((to) => ({ to, port: 8080 })) },
};

describe("the release-check chart", function () {
  this.timeout(60_000);
  const make = (change: object = {}) =>
    render("release-check", "release-check", { ...values, ...change });
  const jobOf = async (change?: object) => theOnly(await make(change), "Job");

  it("runs again under another name when there is something new to prove", async () => {
    const name = async (change?: object) => (await jobOf(change)).metadata.name;
    assert.equal(await name(), await name());
    assert.notEqual(await name({ proves: "else" }), await name());
    assert.notEqual(await name({ targets: values.targets.slice(1) }), await name());
  });

  it("is replaced if it failed, never retries by itself, and says in its status why", async () => {
    const { metadata, spec } = await jobOf();
    assert.equal(metadata.annotations?.["pulumi.com/replaceUnready"], "true");
    assert.equal(spec.backoffLimit, 0);
    const [container] = spec.template.spec.containers;
    assert.equal(container.terminationMessagePolicy, "FallbackToLogsOnError");
  });

  it("calls every target that it was given, and may reach these alone", async () => {
    const objects = await make();
    const map = theOnly(objects, "ConfigMap");
    const { template } = theOnly(objects, "Job").spec;
    assert.equal(template.spec.volumes[0].configMap.name, map.metadata.name);
    assert.deepEqual(JSON.parse(map.data?.["targets.json"] ?? "").targets, values.targets);
    const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
    const { spec } = policies.find(({ metadata }) => metadata.name === "release-check")!;
    const [dns, ...calls] = spec.egress;
    assert.equal(dns.ports[0].port, 53);
    const name = "app.kubernetes.io/name";
    const reached = calls.map((rule: (typeof spec.egress)[number]) => [
      rule.to[0].podSelector.matchLabels[name],
      rule.ports[0].port,
    ]);
    assert.deepEqual(reached, [
      ["debug", 8080],
      ["greeter", 8080],
    ]);
    assert.equal(spec.ingress, undefined);
    assert.equal(template.metadata.labels[name], spec.podSelector.matchLabels[name]);
  });

  it("may change the Deployments that it checks, and no others, with a token of its own", async () => {
    const objects = await make();
    const { rules } = theOnly(objects, "Role") as unknown as { rules: object[] };
    const [change, look] = rules;
    assert.deepEqual(change, {
      apiGroups: ["apps"],
      resources: ["deployments"],
      resourceNames: ["debug", "greeter"],
      verbs: ["get", "patch"],
    });
    assert.deepEqual(look, { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list"] });
    const { spec } = theOnly(objects, "Job").spec.template;
    assert.equal(spec.automountServiceAccountToken, false);
    const { sources } = spec.volumes.find(
      ({ name }: { name: string }) => name === "kubernetes",
    ).projected;
    assert.equal(sources[0].serviceAccountToken.expirationSeconds, 600);
    const [api] = objects.filter(({ metadata }) => metadata.name === "release-check-api");
    assert.equal(api?.spec.egress[0].ports[0].port, 6443);
  });

  it("has neither rights nor a token where it takes nothing back, or has nothing to check", async () => {
    for (const change of [{ rollback: { enabled: false } }, { targets: [] }]) {
      const objects = await make(change);
      const kinds = objects.map(({ kind }) => kind);
      assert.ok(!kinds.some((kind) => kind === "Role" || kind === "RoleBinding"), kinds.join());
      assert.ok(!objects.some(({ metadata }) => metadata.name === "release-check-api"));
      const { template } = theOnly(objects, "Job").spec;
      assert.doesNotMatch(JSON.stringify(template), /serviceAccountToken:|projected|EXTRA_CA/);
    }
  });

  it("has the time to take an agent back and to prove it again", async () => {
    assert.equal((await jobOf()).spec.activeDeadlineSeconds, 240);
    const alone = await jobOf({ rollback: { enabled: false } });
    assert.equal(alone.spec.activeDeadlineSeconds, 180);
  });

  it("joins a service mesh as the agents that it calls do", async () => {
    const { template } = (await jobOf({ global: { serviceMesh: "istio" } })).spec;
    assert.equal(template.metadata.labels["sidecar.istio.io/inject"], "true");
    assert.equal(template.metadata.annotations["sidecar.istio.io/nativeSidecar"], "true");
  });
});
