import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import {
  agentNames,
  clusterOrReason,
  documentedCommands,
  greet,
  helm,
  isReady,
  namespace,
  type Pod,
  removeAll,
  shell,
  through,
  umbrella,
} from "#test/release/support";
import { eventually } from "#test/support/eventually";
import { getObjects } from "#test/support/kubectl";

describe("helm install of the umbrella chart as dev", function () {
  this.timeout(420_000);
  let said = "";

  before(function () {
    if (!clusterOrReason()) this.skip();
  });
  after(async () => {
    if (clusterOrReason()) await removeAll();
  });

  it("takes the commands of its README, `helm test` among them, and nothing else", async () => {
    said = await shell(documentedCommands());
    const installed = await getObjects<Pod>("pods", "-n", namespace);
    const waiting = installed.filter((pod) => !isReady(pod)).map((pod) => pod.metadata.name);
    assert.deepEqual(waiting, []);
    assert.ok(installed.length >= 7);
  });

  it("passes the test of every part that has one", () => {
    const suites = [...said.matchAll(/^TEST SUITE: +(\S+)$/gm)].map(([, name]) => name);
    const phases = [...said.matchAll(/^Phase: +(\S+)$/gm)].map(([, phase]) => phase);
    for (const part of ["debug", "everything", "greeter", "registry", "postgres"]) {
      assert.ok(suites.includes(`${part}-test`), `${part} in ${suites}`);
    }
    assert.deepEqual([...new Set(phases)], ["Succeeded"]);
  });

  it("tells what is there and what to do next", async () => {
    const notes = await helm(["get", "notes", "mesh"]);
    for (const word of ["registry", "greeter", "helm test mesh", "port-forward"]) {
      assert.ok(notes.includes(word), `${word} in ${notes}`);
    }
  });

  it("answers an MCP call that crosses two agents", async () => {
    const { agents } = parse(readFileSync(join(umbrella, "values-dev.yaml"), "utf8"));
    assert.deepEqual(await agentNames(), Object.keys(agents).toSorted());
    const text = await eventually("the call", 60, () => greet("Ada"));
    assert.match(text, /Ada/);
    assert.match(text, /Echo/);
  });

  it("has a Prometheus that sees the registry and the agent of the mesh", async () => {
    const seen = await eventually("the targets", 90, () =>
      through("observability-prometheus", 9090, async (url) => {
        const answer = await (await fetch(`${url}/api/v1/query?query=up==1`)).json();
        const { data } = answer as { data: { result: { metric: { service?: string } }[] } };
        const services = new Set(data.result.map(({ metric }) => metric.service));
        return services.has("registry") && services.has("greeter") && services;
      }),
    );
    assert.ok(seen.size >= 2);
  });
});
