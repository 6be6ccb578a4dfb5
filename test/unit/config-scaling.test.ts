import assert from "node:assert/strict";
import { resolveStack } from "#config/stack";
import { render } from "#test/support/charts";
import { stackSources } from "#test/support/stack-sources";

const agents = (name: string, autoscaling: string) => ({
  "Pulumi.dev.yaml": (text: string) =>
    text.replace(
      /mcp-mesh:agents:.*\n(?: {4}.*\n)*/,
      `mcp-mesh:agents: { ${name}: { autoscaling: { ${autoscaling} } } }\n`,
    ),
});
const range = "minReplicas: 1, maxReplicas: 2";
const resolve = (...parts: Parameters<typeof agents>) =>
  resolveStack(stackSources("dev", agents(...parts)));
const refused = (values: object) =>
  render("agent", "agent", values).then(
    () => "",
    (error: Error) => error.message,
  );

describe("A signal to scale by", () => {
  it("takes the stack's own Prometheus for KEDA", () => {
    const { agents } = resolve("greeter", `${range}, signal: keda, target: 4`);
    const values = agents.find(({ name }) => name === "greeter")?.values;
    const url = "http://observability-prometheus.mcp-mesh.svc:9090";
    assert.equal(values?.autoscaling?.prometheusUrl, url);
  });

  it("is refused for a server that measures nothing", () => {
    assert.throws(
      () => resolve("debug", `${range}, signal: custom-metrics, target: 4`),
      /agents\.debug\.autoscaling\.signal: an unmodified server counts no calls/,
    );
  });

  it("is refused without a target, and a target without a signal", () => {
    assert.throws(() => resolve("greeter", `${range}, signal: keda`), /target: is missing/);
    assert.throws(() => resolve("greeter", `${range}, target: 4`), /counts with signal/);
  });

  const scaled = { minReplicas: 1, maxReplicas: 2 };
  const mesh = { mode: "mesh", global: { monitoring: "annotations" } };
  const refusals: [string, object, RegExp][] = [
    ["no target", { ...mesh, autoscaling: { ...scaled, signal: "keda" } }, /target: is missing/],
    [
      "no Prometheus for KEDA",
      { ...mesh, autoscaling: { ...scaled, signal: "keda", target: 4 } },
      /prometheusUrl: is missing/,
    ],
    [
      "nobody who collects it",
      { mode: "mesh", autoscaling: { ...scaled, signal: "custom-metrics", target: 4 } },
      /nothing collects what it goes by/,
    ],
    [
      "a vanilla server",
      { autoscaling: { ...scaled, signal: "custom-metrics", target: 4 } },
      /an unmodified server counts no calls/,
    ],
    ["sessions", { profile: "sessionful", autoscaling: scaled }, /sessions in one process/],
  ];
  for (const [what, values, sentence] of refusals) {
    it(`is refused by the chart with a sentence: ${what}`, async () => {
      assert.match(await refused(values), sentence);
    });
  }
});
