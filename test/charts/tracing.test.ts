import assert from "node:assert/strict";
import { resolveStack } from "#config/stack";
import { isHook, ofKind, type Rendered, render, theOnly } from "#test/support/charts";
import { violationsOf } from "#test/support/policies";
import { stackSources } from "#test/support/stack-sources";
import { problemsOf } from "#test/support/valid-objects";

const tracing = { endpoint: "http://alloy.monitoring.svc:4318" };

/** The variables of OpenTelemetry in every container. */
const variables = (objects: readonly Rendered[]): Record<string, string>[] => {
  const { containers, initContainers = [] } = theOnly(objects, "Deployment").spec.template.spec;
  return [...containers, ...initContainers].map(({ env = [] }) =>
    Object.fromEntries(
      env
        .filter(({ name }: { name: string }) => name.startsWith("OTEL_"))
        .map(({ name, value }: { name: string; value: string }) => [name, value]),
    ),
  );
};
/** The namespace and port of each egress rule to a namespace other than DNS' own. */
const collectors = (objects: readonly Rendered[]): [string, number][] => {
  const [policy] = ofKind(objects, "NetworkPolicy").filter((each) => !isHook(each));
  return (policy?.spec.egress ?? []).flatMap(
    ({ ports: [{ port }], to: [{ namespaceSelector }] }: any) =>
      namespaceSelector && port !== 53
        ? [[namespaceSelector.matchLabels["kubernetes.io/metadata.name"], port]]
        : [],
  );
};

describe("The charts' traces", function () {
  this.timeout(60_000);

  for (const [chart, values] of Object.entries({ registry: {}, agent: { mode: "mesh" } })) {
    it(`are sent by ${chart} where its values say, and nowhere without`, async () => {
      const objects = await render(chart, "one", { ...values, tracing });
      for (const env of variables(objects)) {
        assert.partialDeepStrictEqual(env, {
          OTEL_EXPORTER_OTLP_ENDPOINT: tracing.endpoint,
          OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
          OTEL_TRACES_SAMPLER_ARG: "0.1",
          OTEL_SERVICE_NAME: "one",
        });
        assert.match(env.OTEL_RESOURCE_ATTRIBUTES ?? "", /k8s\.namespace\.name=mcp-mesh$/);
      }
      assert.deepEqual(collectors(objects), [["monitoring", 4318]]);
      assert.deepEqual(objects.flatMap(problemsOf), []);
      assert.deepEqual(objects.flatMap(violationsOf), []);
      const without = await render(chart, "one", values);
      assert.ok(variables(without).every((env) => Object.keys(env).length === 0));
      assert.deepEqual(collectors(without), []);
    });
  }

  it("change nothing of an unmodified server", async () => {
    assert.deepEqual(await render("agent", "one", { tracing }), await render("agent", "one"));
  });

  it("find a collector of the own namespace, and sample as the values say", async () => {
    const near = { endpoint: "http://collector:14318", samplingRatio: 0 };
    const objects = await render("registry", "one", { tracing: near });
    assert.deepEqual(collectors(objects), [["mcp-mesh", 14318]]);
    assert.equal(variables(objects)[0]?.OTEL_TRACES_SAMPLER_ARG, "0");
  });

  it("leave a variable that an agent sets by itself", async () => {
    const env = { OTEL_SERVICE_NAME: "own" };
    const objects = await render("agent", "one", { mode: "mesh", tracing, env });
    assert.equal(variables(objects)[0]?.OTEL_SERVICE_NAME, "own");
    assert.deepEqual(objects.flatMap(problemsOf), []);
  });

  it("are refused an address outside of the cluster, with the way out", async () => {
    await assert.rejects(
      render("registry", "one", { tracing: { endpoint: "https://otlp.example.com:443" } }),
      /tracing\/endpoint/,
    );
    assert.throws(
      () => withTraces("https://otlp.example.com:443"),
      /let a collector in the cluster/,
    );
  });

  it("are those of the registry and the mesh agents where a stack asks for them", () => {
    const { registry, agents } = withTraces(tracing.endpoint);
    assert.equal(registry.tracing?.endpoint, tracing.endpoint);
    for (const { name, values } of agents) {
      assert.equal(
        values.tracing?.endpoint,
        values.mode === "mesh" ? tracing.endpoint : undefined,
        name,
      );
    }
  });
});

/** The dev stack with traces. */
function withTraces(endpoint: string) {
  const edit = (text: string) =>
    text.replace(/^( *)mcp-mesh:monitoring:\n/m, `$&$1  traces: { endpoint: "${endpoint}" }\n`);
  return resolveStack(stackSources("dev", { "Pulumi.dev.yaml": edit }));
}
