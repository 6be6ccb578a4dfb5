import assert from "node:assert/strict";
import { ConfigError } from "#config/problems";
import { resolveStack, type Stack } from "#config/stack";
import { stackSources } from "#test/support/stack-sources";

/** The dev stack with this in place of its monitoring. */
const withMonitoring = (monitoring: object): Stack =>
  resolveStack(
    stackSources("dev", {
      "Pulumi.dev.yaml": (text) =>
        text.replace(
          /mcp-mesh:monitoring:\n(?: {4}.*\n)+/,
          `mcp-mesh:monitoring: ${JSON.stringify(monitoring)}\n`,
        ),
    }),
  );

function refusal(monitoring: object): string {
  try {
    withMonitoring(monitoring);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ key, message }) => `${key}: ${message}`).join("\n");
    }
    throw error;
  }
  return assert.fail("the configuration was taken");
}

const discoveries = ({ observability, ...stack }: Stack) => {
  const parts = [stack.foundation, stack.postgres, stack.registry, stack.dashboard, observability];
  const globals = [...parts, ...stack.agents.map(({ values }) => values), stack.releaseCheck];
  return [...new Set(globals.flatMap((part) => part?.global.monitoring ?? []))];
};

const operated = { mode: "kube-prometheus-stack", crds: "release" };
const bundled = {
  mode: "bundled",
  prometheus: { storage: { size: "2Gi" }, retention: { size: "1GB" } },
};

describe("The monitoring of a stack", () => {
  for (const [settings, discovery] of [
    [bundled, "annotations"],
    [{ mode: "existing" }, "operator"],
    [operated, "operator"],
    [{ mode: "off" }, "none"],
  ] as const) {
    it(`finds pods of all charts in one way with mode ${settings.mode}: ${discovery}`, () => {
      assert.deepEqual(discoveries(withMonitoring(settings)), [discovery]);
    });
  }

  it("lets the page ask the bundled Prometheus, and no other workload", () => {
    const { observability, dashboard } = withMonitoring(bundled);
    assert.deepEqual(observability?.prometheus.network.ingress, ["dashboard"]);
    const to = { to: "observability-prometheus", port: 9090 };
    assert.ok(dashboard?.network.egress.some((one) => one.to === to.to && one.port === to.port));
  });

  it("lets pods of the namespace in that the operator's Prometheus is in", () => {
    const { registry, outputs } = withMonitoring({
      mode: "existing",
      namespace: "watchers",
      podLabels: { app: "prometheus" },
      url: "http://prometheus.watchers.svc:9090",
    });
    const prometheus = { namespace: "watchers", labels: { app: "prometheus" } };
    assert.deepEqual(registry.global.prometheus, prometheus);
    assert.equal(outputs.prometheusUrl, "http://prometheus.watchers.svc:9090");
  });

  it("installs the operator only where the stack asks for it, and gives it the routes", () => {
    const receivers = { critical: { pagerduty: { existingSecret: "pd" } } };
    const { observability, kubePrometheusStack, outputs } = withMonitoring({
      ...operated,
      namespace: "watchers",
      alertmanager: { receivers },
    });
    assert.deepEqual(observability?.alertmanager.receivers, receivers);
    const { name, namespace } = observability?.alertmanager.configSecret ?? {};
    assert.equal(name, kubePrometheusStack?.alertmanager.configSecret);
    assert.equal(namespace, "watchers");
    assert.deepEqual(kubePrometheusStack?.alertmanager.secrets, ["pd"]);
    const { prometheusUrl } = outputs;
    assert.equal(prometheusUrl, "http://kube-prometheus-stack-prometheus.watchers.svc:9090");
    for (const mode of ["existing", "off"]) {
      assert.equal(withMonitoring({ mode }).kubePrometheusStack, undefined);
    }
  });

  it("leads alerts to the page by its host, unless another address is given", () => {
    const page = (settings: object) =>
      withMonitoring({ mode: "existing", ...settings }).observability?.links.runbooks;
    assert.equal(page({}), "http://localhost:8090/runbooks");
    const runbooks = "https://wiki.example/mesh";
    assert.equal(page({ links: { runbooks } }), runbooks);
  });

  it("deploys and opens nothing when it is off", () => {
    const stack = withMonitoring({ mode: "off" });
    assert.equal(stack.observability, undefined);
    assert.equal(stack.outputs.prometheusUrl, undefined);
    assert.deepEqual(
      stack.dashboard?.network.egress.map(({ to }) => to),
      ["registry"],
    );
  });

  const refusals: [string, object, RegExp][] = [
    [
      "what belongs to another mode",
      { mode: "off", grafana: {} },
      /^mcp-mesh:monitoring\.grafana: belongs to mode bundled or kube-prometheus-stack; leave it out or change the mode$/,
    ],
    [
      "a mode that is not there",
      { mode: "bundeld" },
      /^mcp-mesh:monitoring\.mode: found "bundeld"; did you mean "bundled"\?$/,
    ],
    [
      "kube-prometheus-stack without a word about its definitions",
      { mode: "kube-prometheus-stack" },
      /^mcp-mesh:monitoring\.crds: is missing; give one of release, present$/,
    ],
    [
      "a key of a part that another mode's part has",
      { ...bundled, prometheus: { ...bundled.prometheus, replicas: 2 } },
      /^mcp-mesh:monitoring\.prometheus\.replicas: belongs to mode kube-prometheus-stack; leave it out/,
    ],
    ["no mode", {}, /^mcp-mesh:monitoring\.mode: is missing; give one of bundled, /],
    [
      "a key that no mode knows",
      { mode: "bundled", promethues: {} },
      /^mcp-mesh:monitoring\.promethues: unknown key; did you mean "prometheus"\?$/,
    ],
    [
      "an unknown key further down",
      { mode: "bundled", prometheus: { retention: { tiem: "2d" } } },
      /^mcp-mesh:monitoring\.prometheus\.retention\.tiem: unknown key; did you mean "time"\?$/,
    ],
    [
      "more data than the volume holds",
      { mode: "bundled", prometheus: { retention: { size: "9GB" }, storage: { size: "10Gi" } } },
      /^mcp-mesh:monitoring\.prometheus\.retention\.size: leaves less than a fifth of the volume/,
    ],
  ];
  for (const [what, settings, expected] of refusals) {
    it(`is refused for ${what}`, () => {
      assert.match(refusal(settings), expected);
    });
  }
});
