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
    const { spec } = theOnly(objects, "NetworkPolicy");
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

  it("joins a service mesh as the agents that it calls do", async () => {
    const { template } = (await jobOf({ global: { serviceMesh: "istio" } })).spec;
    assert.equal(template.metadata.labels["sidecar.istio.io/inject"], "true");
    assert.equal(template.metadata.annotations["sidecar.istio.io/nativeSidecar"], "true");
  });
});
