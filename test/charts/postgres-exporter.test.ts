import assert from "node:assert/strict";
import { parse } from "yaml";
import { postgres } from "#observability/catalogue/postgres";
import { isHook, ofKind, type Rendered, render, theOnly } from "#test/support/charts";

interface Query {
  query: string;
  metrics: Record<string, { usage: "LABEL" | "GAUGE" | "COUNTER" }>[];
}

const objectsOf = async (values: object = {}): Promise<Rendered[]> =>
  (await render("postgres", "postgres", values)).filter((object) => !isHook(object));
const podOf = (objects: Rendered[]) => theOnly(objects, "StatefulSet").spec.template;
const exporterOf = (objects: Rendered[]) =>
  podOf(objects).spec.containers.find(({ name }: { name: string }) => name === "exporter");
const watched = { global: { monitoring: "annotations" } };
const backup = { size: "9Gi" };

/** The type and the labels of each series that the exporter makes of the chart's own queries. */
function asked(objects: Rendered[]): Record<string, [type: string, labels: string[]]> {
  const data = ofKind(objects, "ConfigMap").flatMap((map) => map.data?.["queries.yaml"] ?? []);
  const queries: Record<string, Query> = parse(data.join(""));
  const columns = Object.entries(queries).map(([prefix, { metrics }]) => {
    const all = metrics.flatMap((column) => Object.entries(column));
    const labels = all.filter(([, { usage }]) => usage === "LABEL").map(([name]) => name);
    return all
      .filter(([, { usage }]) => usage !== "LABEL")
      .map(([name, { usage }]): [string, [string, string[]]] => [
        `${prefix}_${name}`,
        [usage.toLowerCase(), labels],
      ]);
  });
  return Object.fromEntries(columns.flat());
}

describe("the exporter of the postgres chart", function () {
  this.timeout(60_000);

  it("is there where a Prometheus is to find it, and then as annotated or monitored", async () => {
    const none = await objectsOf();
    assert.equal(exporterOf(none), undefined);
    assert.equal(ofKind(none, "ServiceMonitor").length, 0);

    const found = await objectsOf(watched);
    const port = podOf(found).metadata.annotations["prometheus.io/port"];
    assert.equal(port, `${exporterOf(found).ports[0].containerPort}`);

    const operated = await objectsOf({ global: { monitoring: "operator" } });
    const [endpoint] = theOnly(operated, "ServiceMonitor").spec.endpoints;
    assert.equal(endpoint.targetPort, exporterOf(operated).ports[0].name);
    assert.equal(podOf(operated).metadata.annotations?.["prometheus.io/port"], undefined);
  });

  it("is reached by Prometheus alone, and by nobody on the database's port", async () => {
    const { ingress } = theOnly(await objectsOf(watched), "NetworkPolicy").spec;
    const peers = (port: number) =>
      ingress
        .filter((rule: { ports: { port: number }[] }) => rule.ports.some((p) => p.port === port))
        .flatMap((rule: { from: { podSelector: object }[] }) => rule.from)
        .map(({ podSelector }: { podSelector: { matchLabels: object } }) =>
          Object.values(podSelector.matchLabels).join(" "),
        );
    assert.deepEqual(peers(9187), ["prometheus mcp-mesh"]);
    assert.deepEqual(peers(5432), ["registry mcp-mesh"]);
  });

  it("holds no password, and comes as a user that the server lets watch only", async () => {
    const objects = await objectsOf(watched);
    const { securityContext, env, volumeMounts } = exporterOf(objects);
    const mounted = volumeMounts.map(({ name }: { name: string }) => name);
    assert.deepEqual(mounted.toSorted(), ["files", "run"]);
    assert.ok(volumeMounts.every(({ readOnly }: { readOnly: boolean }) => readOnly));
    assert.doesNotMatch(JSON.stringify(env), /password|secretKeyRef/i);
    assert.notEqual(securityContext.runAsUser, podOf(objects).spec.securityContext.runAsUser);
    const files = theOnly(objects, "ConfigMap").data ?? {};
    assert.match(files["pg_hba.conf"] ?? "", /^local all mcp_mesh_monitor peer map=exporter$/m);
    assert.match(files["logins.sh"] ?? "", /GRANT pg_monitor TO mcp_mesh_monitor;/);
  });

  it("asks for what the catalogue says of backups", async () => {
    const catalogue = postgres
      .filter(({ name }) => name.startsWith("mcp_mesh_"))
      .map(({ name, type, labels }) => [name, [type, labels.filter((one) => one !== "server")]]);
    assert.deepEqual(
      asked(await objectsOf({ ...watched, backup: { ...backup, second: { claim: "elsewhere" } } })),
      Object.fromEntries(catalogue),
    );
  });

  it("says that there are no backups where there are none, and how often they are due where not", async () => {
    const map = async (values: object) =>
      theOnly(await objectsOf({ ...watched, ...values }), "ConfigMap").data?.["queries.yaml"] ?? "";
    assert.deepEqual(Object.keys(asked(await objectsOf(watched))), ["mcp_mesh_backup_enabled"]);
    assert.match(await map({}), /SELECT 0 AS enabled$/m);
    assert.match(await map({ backup }), /SELECT 1 AS enabled, 3600 AS interval_seconds, 1 AS/m);
    const often = { backup: { ...backup, everyMinutes: 5 } };
    assert.match(await map(often), /SELECT 1 AS enabled, 300 AS interval_seconds, 1 AS/m);
  });

  it("says whether backups are verified", async () => {
    const files = async (verification: object) =>
      theOnly(await objectsOf({ ...watched, backup, verification }), "ConfigMap").data ?? {};
    const says = async (enabled: boolean) => (await files({ enabled }))["queries.yaml"] ?? "";
    assert.match(await says(true), /, 1 AS verification_enabled$/m);
    assert.match(await says(false), /, 0 AS verification_enabled$/m);
  });

  it("is CloudNativePG's own with mode cnpg, found on the same port", async () => {
    const found = await objectsOf({ ...watched, mode: "cnpg" });
    const { annotations } = theOnly(found, "Cluster").spec.inheritedMetadata;
    assert.equal(annotations["prometheus.io/port"], "9187");
    const operated = await objectsOf({ global: { monitoring: "operator" }, mode: "cnpg" });
    const { selector, podMetricsEndpoints } = theOnly(operated, "PodMonitor").spec;
    assert.equal(selector.matchLabels["cnpg.io/cluster"], "postgres");
    assert.equal(podMetricsEndpoints[0].port, "metrics");
    assert.equal(ofKind(await objectsOf({ mode: "cnpg" }), "PodMonitor").length, 0);
  });
});
