import assert from "node:assert/strict";
import { recommendedLabels } from "#components/internal/house";
import { Observability } from "#components/observability";
import { observability } from "#config/charts/observability";
import { one, registered } from "#test/support/mocks";

const CHART = "kubernetes:helm.sh/v4:Chart";
const PASSWORD = "random:index/randomPassword:RandomPassword";
const make = (args: object) =>
  registered(() => {
    new Observability("watch", { namespace: "mesh", ...args });
  });

describe("Observability", () => {
  it("installs the chart with what it was given, and makes no secrets without Grafana", async () => {
    const prometheus = { scrapeInterval: "30s" };
    const made = await make({ prometheus });
    const { values, namespace } = one(made, CHART, "watch").inputs as Record<string, unknown>;
    assert.deepEqual([values, namespace], [{ prometheus }, "mesh"]);
    assert.deepEqual(
      made.filter(({ type }) => type === PASSWORD || type.endsWith("Secret")),
      [],
    );
  });

  it("generates the password of Grafana's admin, and tells the chart where it is", async () => {
    const made = await make({ grafana: {}, global: { labels: { team: "mesh" } } });
    one(made, PASSWORD, "watch-grafana-admin");
    const secret = one(made, "kubernetes:core/v1:Secret", "watch-grafana-admin");
    assert.deepEqual(secret.inputs.metadata as object, {
      name: "watch-grafana-admin",
      namespace: "mesh",
      labels: { team: "mesh", ...recommendedLabels("watch-grafana-admin", "grafana") },
    });
    const { values } = one(made, CHART, "watch").inputs as {
      values: { grafana: { admin: { existingSecret: string } } };
    };
    assert.equal(values.grafana.admin.existingSecret, "watch-grafana-admin");
    assert.ok(observability.safeParse(values).success);
  });
});

describe("The observability chart's schema", () => {
  it("wants a fifth of the volume left free", () => {
    const fits = (size: string) =>
      observability.safeParse({ prometheus: { retention: { size }, storage: { size: "10Gi" } } });
    assert.equal(fits("8GB").success, true);
    const { error } = fits("9GB");
    assert.deepEqual(error?.issues[0]?.path, ["prometheus", "retention", "size"]);
  });

  it("takes durations as Prometheus writes them", () => {
    const retention = (time: string) =>
      observability.safeParse({ prometheus: { retention: { time } } }).success;
    assert.deepEqual(["15d", "12h", "2 days", "0d"].map(retention), [true, true, false, false]);
  });
});
