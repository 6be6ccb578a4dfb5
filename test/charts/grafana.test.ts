import assert from "node:assert/strict";
import { parse } from "yaml";
import { dashboards } from "#observability/dashboards/index";
import { isHook, ofKind, type Rendered, render } from "#test/support/charts";

interface Env {
  name: string;
  value: string;
}
interface Named {
  name: string;
}

const admin = { existingSecret: "admin" };
const oidc = {
  clientId: "grafana",
  existingSecret: "grafana-oidc",
  authUrl: "https://id.example.com/authorize",
  tokenUrl: "https://id.example.com/token",
  userinfoUrl: "https://id.example.com/userinfo",
};

const rendered = async (grafana: object, more: object = {}): Promise<Rendered[]> => {
  const objects = await render("observability", "observability", { grafana, ...more });
  return objects.filter((object) => !isHook(object));
};
const statefulSet = (objects: readonly Rendered[]) =>
  ofKind(objects, "StatefulSet").find(({ metadata }) => metadata.name.endsWith("-grafana")) ??
  assert.fail("no Grafana");
const podOf = (objects: readonly Rendered[]) => statefulSet(objects).spec.template.spec;
const envOf = (objects: readonly Rendered[]): Record<string, string> =>
  Object.fromEntries(podOf(objects).containers[0].env.map(({ name, value }: Env) => [name, value]));
const mapOf = (objects: readonly Rendered[], volume: string): Record<string, string> => {
  const { configMap } = podOf(objects).volumes.find(({ name }: Named) => name === volume);
  const found = ofKind(objects, "ConfigMap").find(
    ({ metadata }) => metadata.name === configMap.name,
  );
  return found?.data ?? assert.fail(volume);
};

describe("Grafana in the observability chart", function () {
  this.timeout(60_000);

  it("shows every dashboard from git, which nobody can change or delete there", async () => {
    const objects = await rendered({ admin });
    const shown = Object.entries(mapOf(objects, "dashboards")).map(([file, text]) => [
      file,
      JSON.parse(text).uid,
    ]);
    assert.deepEqual(
      Object.fromEntries(shown),
      Object.fromEntries(
        Object.entries(dashboards).map(([name, { uid }]) => [`${name}.json`, uid]),
      ),
    );
    const [provider] = parse(mapOf(objects, "provisioning")["dashboards.yaml"] ?? "").providers;
    assert.deepEqual([provider.allowUiUpdates, provider.disableDeletion], [false, true]);
    const [container] = podOf(objects).containers;
    const mount = container.volumeMounts.find(({ name }: Named) => name === "dashboards");
    assert.deepEqual([mount.mountPath, mount.readOnly], [provider.options.path, true]);
  });

  it("starts with the overview", async () => {
    const objects = await rendered({ admin });
    const home = envOf(objects).GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? "";
    assert.equal(home, "/etc/mcp-mesh/dashboards/overview.json");
    assert.ok("overview.json" in mapOf(objects, "dashboards"));
  });

  it("asks the release's own Prometheus, whose interval of scraping it knows", async () => {
    const objects = await rendered({ admin }, { prometheus: { scrapeInterval: "30s" } });
    const { prune, datasources } = parse(mapOf(objects, "provisioning")["datasources.yaml"] ?? "");
    assert.equal(prune, true);
    const [{ url, editable, jsonData }, ...more] = datasources;
    assert.deepEqual(more, []);
    assert.equal(url, "http://observability-prometheus:9090");
    assert.deepEqual([editable, jsonData.timeInterval], [false, "30s"]);
    const services = ofKind(objects, "Service").map(({ metadata }) => metadata.name);
    assert.ok(services.includes("observability-prometheus"));
  });

  it("keeps one database on a volume, which no second pod ever opens", async () => {
    const { spec } = statefulSet(await rendered({ admin }));
    assert.equal(spec.replicas, 1);
    assert.deepEqual(
      spec.volumeClaimTemplates.map(({ metadata }: { metadata: Named }) => metadata.name),
      ["data"],
    );
    const mounts = spec.template.spec.containers[0].volumeMounts;
    const data = mounts.find(({ name }: Named) => name === "data");
    assert.equal(data.mountPath, "/var/lib/grafana");
  });

  it("restarts for a changed data source, and for nothing of the others'", async () => {
    const template = async (values: object) =>
      JSON.stringify(podOf(await rendered({ admin }, values)));
    const before = await template({});
    assert.notEqual(await template({ prometheus: { scrapeInterval: "30s" } }), before);
    assert.equal(await template({ prometheus: { retention: { time: "2d" } } }), before);
  });

  it("lets people in by OpenID Connect, and holds the secret in a file alone", async () => {
    const plain = envOf(await rendered({ admin }));
    assert.ok(!Object.keys(plain).some((name) => name.startsWith("GF_AUTH_GENERIC_OAUTH")));
    const links = { grafana: "https://grafana.example.com" };
    const objects = await rendered({ admin, oidc }, { links });
    const env = envOf(objects);
    assert.equal(env.GF_SERVER_ROOT_URL, links.grafana);
    assert.equal(env.GF_AUTH_GENERIC_OAUTH_AUTH_URL, oidc.authUrl);
    assert.equal(env.GF_AUTH_GENERIC_OAUTH_USE_PKCE, "true");
    assert.equal(env.GF_AUTH_GENERIC_OAUTH_ROLE_ATTRIBUTE_PATH, "'Viewer'");
    assert.equal(env.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE, "/etc/mcp-mesh/oidc/client-secret");
    const volume = podOf(objects).volumes.find(({ name }: Named) => name === "oidc");
    assert.equal(volume.secret.secretName, "grafana-oidc");
    await assert.rejects(rendered({ admin, oidc: { ...oidc, clientId: undefined } }), /clientId/);
  });

  it("calls nobody but Prometheus: no updates, statistics, news, pictures or plugins", async () => {
    const env = envOf(await rendered({ admin }));
    const off = ["ANALYTICS_REPORTING_ENABLED", "ANALYTICS_CHECK_FOR_UPDATES"];
    off.push("ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "NEWS_NEWS_FEED_ENABLED");
    for (const name of [...off, "SNAPSHOTS_EXTERNAL_ENABLED"]) {
      assert.equal(env[`GF_${name}`], "false", name);
    }
    const on = ["PLUGINS_PREINSTALL_DISABLED", "PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED"];
    for (const name of [...on, "SECURITY_DISABLE_GRAVATAR"]) {
      assert.equal(env[`GF_${name}`], "true", name);
    }
  });
});
