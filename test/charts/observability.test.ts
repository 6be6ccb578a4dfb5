import assert from "node:assert/strict";
import { parse } from "yaml";
import { isHook, ofKind, type Rendered, render, theOnly } from "#test/support/charts";

interface Named {
  name: string;
}
interface Mount extends Named {
  mountPath: string;
}
const rendered = (values: object = {}) => render("observability", "observability", values);
/** What is installed, without what `helm test` makes. */
const observability = async (values: object = {}) =>
  (await rendered(values)).filter((object) => !isHook(object));
const grafana = { admin: { existingSecret: "admin" } };
const discovery = {
  image: { registry: "ghcr.io", repository: "mcp-mesh/pod-discovery", tag: "0.1.0" },
};

const called = (objects: readonly Rendered[], kind: string, name: string): Rendered => {
  const found = ofKind(objects, kind).find(({ metadata }) => metadata.name === name);
  assert.ok(found, `${kind}/${name}`);
  return found;
};
const podOf = (objects: readonly Rendered[], part: string) =>
  called(objects, "StatefulSet", `observability-${part}`).spec.template.spec;
const fileOf = (objects: readonly Rendered[], part: string, volume: string, file: string) => {
  const { configMap } = podOf(objects, part).volumes.find(({ name }: Named) => name === volume);
  return called(objects, "ConfigMap", configMap.name).data?.[file] ?? assert.fail(file);
};
const prometheusConfig = (objects: readonly Rendered[]) =>
  parse(fileOf(objects, "prometheus", "config", "prometheus.yml"));
const alertmanagerConfig = (objects: readonly Rendered[]) =>
  parse(fileOf(objects, "alertmanager", "config", "alertmanager.yml"));

/** Prometheus' files, or the operator's objects. */
const holdsRules = ({ kind, data }: Rendered) =>
  kind === "PrometheusRule" || Object.keys(data ?? {}).includes("monitoring.yaml");

describe("the observability chart", function () {
  this.timeout(60_000);

  it("renders with its own values, and refuses a key that it does not know", async () => {
    const names = ofKind(await observability(), "StatefulSet").map(({ metadata }) => metadata.name);
    assert.deepEqual(names.toSorted(), ["observability-alertmanager", "observability-prometheus"]);
    await assert.rejects(observability({ promethoys: {} }), /promethoys/);
    await assert.rejects(observability({ prometheus: { retention: { size: "6Gi" } } }), /size/);
  });

  it("refuses to be installed where nothing is monitored", async () => {
    await assert.rejects(observability({ global: { monitoring: "none" } }), /monitoring/);
  });

  it("puts all its objects into the release's namespace, under names of the release's", async () => {
    const objects = await render("observability", "watch", { grafana }, "elsewhere");
    for (const { kind, metadata } of objects.filter((object) => !isHook(object))) {
      assert.equal(metadata.namespace, "elsewhere", kind);
      assert.match(
        metadata.name,
        /^watch-(prometheus|alertmanager|grafana|kube-state-metrics)(-|$)/,
        kind,
      );
      assert.equal(metadata.labels?.["app.kubernetes.io/part-of"], "mcp-mesh");
      assert.equal(metadata.labels?.["app.kubernetes.io/instance"], "watch");
    }
    const ids = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("keeps its parts apart even under the longest name", async () => {
    const objects = await observability({ grafana, fullnameOverride: "a".repeat(50) });
    const names = ofKind(objects, "Service").map(({ metadata }) => metadata.name);
    assert.equal(new Set(names).size, 4);
    assert.ok(names.every((name) => name.length <= 50));
  });

  it("finds pods in exactly one way: by its own Prometheus or by the operator's", async () => {
    const own = await observability();
    assert.equal(ofKind(own, "PrometheusRule").length, 0);
    const [pods] = prometheusConfig(own).scrape_configs;
    assert.deepEqual(pods.kubernetes_sd_configs, [
      { role: "pod", namespaces: { names: ["mcp-mesh"] } },
    ]);
    const operator = await observability({ global: { monitoring: "operator" }, grafana });
    assert.deepEqual([...new Set(operator.map(({ kind }) => kind))].toSorted(), [
      "ConfigMap",
      "PrometheusRule",
    ]);
    const rules = ofKind(operator, "PrometheusRule");
    const groups = rules.flatMap(({ spec }) => spec.groups.map(({ name }: Named) => name));
    assert.ok(groups.includes("registry") && groups.includes("error-budgets"));
    // The operator's own stack watches over its Prometheus.
    assert.equal(groups.includes("monitoring"), false);
  });

  for (const [monitoring, annotated, monitors, peers] of [
    ["none", false, 0, 0],
    ["annotations", true, 0, 1],
    ["operator", false, 1, 1],
  ] as const) {
    it(`has workloads found by ${monitoring}, and by nothing else`, async () => {
      const objects = await render("registry", "registry", { global: { monitoring } });
      const { metadata } = theOnly(objects, "Deployment").spec.template;
      assert.equal(metadata.annotations?.["prometheus.io/scrape"] === "true", annotated);
      assert.equal(ofKind(objects, "ServiceMonitor").length, monitors);
      const admitted = JSON.stringify(
        called(objects, "NetworkPolicy", "registry").spec.ingress ?? [],
      );
      assert.equal(admitted.split(/:"prometheus"/).length - 1, peers, admitted);
    });
  }

  it("asks Kubernetes by a helper where Prometheus cannot, for the same labels", async () => {
    const [own, helped] = [
      prometheusConfig(await observability()).scrape_configs[0],
      prometheusConfig(await observability({ prometheus: { discovery } })).scrape_configs[0],
    ];
    assert.equal("kubernetes_sd_configs" in helped, false);
    assert.equal(helped.http_sd_configs.length, 1);
    assert.deepEqual(helped.relabel_configs, own.relabel_configs);
  });

  it("gives a token to the one container that asks Kubernetes, to list pods and no more", async () => {
    const holders = async (values: object) => {
      const objects = await observability({ grafana, ...values });
      return ["prometheus", "alertmanager", "grafana"].flatMap((part) => {
        const pod = podOf(objects, part);
        assert.equal(pod.automountServiceAccountToken, false);
        return pod.containers
          .filter(({ volumeMounts }: { volumeMounts: Mount[] }) =>
            volumeMounts.some(({ mountPath }) => mountPath.includes("serviceaccount")),
          )
          .map(({ name }: Named) => name);
      });
    };
    assert.deepEqual(await holders({}), ["prometheus"]);
    assert.deepEqual(await holders({ prometheus: { discovery } }), ["discovery"]);
    const objects = await observability();
    const role = called(objects, "Role", "observability-prometheus");
    const { rules } = role as unknown as { rules: object[] };
    assert.deepEqual(rules, [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    ]);
    const binding = called(objects, "RoleBinding", "observability-prometheus");
    const { subjects } = binding as unknown as { subjects: Named[] };
    assert.equal(subjects[0]?.name, podOf(objects, "prometheus").serviceAccountName);
  });

  it("restarts a pod for a changed configuration, and only that one", async () => {
    const templates = async (values: object) => {
      const objects = await observability(values);
      for (const map of ofKind(objects, "ConfigMap")) assert.equal(map.immutable, true);
      return ["prometheus", "alertmanager"].map((part) => JSON.stringify(podOf(objects, part)));
    };
    const before = await templates({});
    const [scraping, same] = await templates({ prometheus: { scrapeInterval: "30s" } });
    assert.notEqual(scraping, before[0]);
    assert.equal(same, before[1]);
    const receivers = { warning: { webhook: { url: "http://x/" } } };
    const [unchanged, routing] = await templates({ alertmanager: { receivers } });
    assert.equal(unchanged, before[0]);
    assert.notEqual(routing, before[1]);
  });

  it("keeps data for as long, and on as much of a volume, as it is told", async () => {
    const objects = await observability({
      global: { storageClass: "slow" },
      prometheus: { retention: { time: "2d", size: "3GB" }, storage: { size: "4Gi" } },
      alertmanager: { storage: { class: "fast" } },
    });
    const [container] = podOf(objects, "prometheus").containers;
    assert.ok(container.args.includes("--storage.tsdb.retention.time=2d"));
    assert.ok(container.args.includes("--storage.tsdb.retention.size=3GB"));
    const claim = (part: string) =>
      called(objects, "StatefulSet", `observability-${part}`).spec.volumeClaimTemplates[0].spec;
    assert.equal(claim("prometheus").resources.requests.storage, "4Gi");
    assert.equal(claim("prometheus").storageClassName, "slow");
    assert.equal(claim("alertmanager").storageClassName, "fast");
    const path = container.args.find((arg: string) => arg.startsWith("--storage.tsdb.path="));
    const mount = container.volumeMounts.find(({ name }: Named) => name === "data");
    assert.ok(path.split("=")[1].startsWith(`${mount.mountPath}/`));
  });

  it("has volumes that outlive the release, and time to write before it ends", async () => {
    for (const { spec, metadata } of ofKind(await observability({ grafana }), "StatefulSet")) {
      const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy;
      assert.deepEqual([whenDeleted, whenScaled], ["Retain", "Retain"], metadata.name);
      assert.ok(spec.template.spec.terminationGracePeriodSeconds >= 60, metadata.name);
    }
  });

  it("is tested by a query, wherever there is a Prometheus of its own", async () => {
    const tests = async (monitoring: string) =>
      ofKind((await rendered({ global: { monitoring } })).filter(isHook), "Pod");
    const [test, ...more] = await tests("annotations");
    assert.deepEqual([test?.spec.containers[0].args.at(-1), more], ["up", []]);
    assert.deepEqual(await tests("operator"), []);
  });

  it("does not hold a drain back: single pods have no disruption budget", async () => {
    assert.deepEqual(ofKind(await observability({ grafana }), "PodDisruptionBudget"), []);
  });

  it("gives containers no way up, limits, and three probes", async () => {
    const objects = await observability({ grafana, prometheus: { discovery } });
    for (const { spec } of ofKind(objects, "StatefulSet")) {
      const pod = spec.template.spec;
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
      for (const container of pod.containers) {
        assert.equal(container.securityContext.readOnlyRootFilesystem, true, container.name);
        assert.deepEqual(container.securityContext.capabilities.drop, ["ALL"], container.name);
        assert.ok(container.resources.limits.memory, container.name);
        for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
          assert.ok(container[probe], `${container.name} ${probe}`);
        }
      }
    }
  });

  it("never restarts a Prometheus that still reads its log", async () => {
    const [container] = podOf(await observability(), "prometheus").containers;
    assert.equal(container.readinessProbe.httpGet.path, "/-/ready");
    assert.equal(container.startupProbe.httpGet.path, "/-/healthy");
    assert.equal(container.livenessProbe.httpGet.path, "/-/healthy");
  });

  it("lets Prometheus out to the mesh's pods and to the API server where that is", async () => {
    const apiServer = { cidrs: ["192.0.2.1/32"], port: 443 };
    const objects = await observability({ prometheus: { apiServer } });
    const { spec } = called(objects, "NetworkPolicy", "observability-prometheus-scrape");
    const [, pods, server, ...more] = spec.egress;
    assert.deepEqual(pods, {
      to: [{ podSelector: { matchLabels: { "app.kubernetes.io/part-of": "mcp-mesh" } } }],
    });
    assert.deepEqual(server.to, [{ ipBlock: { cidr: "192.0.2.1/32" } }]);
    assert.deepEqual([server.ports[0].port, more], [443, []]);
  });

  it("lets nobody but Grafana ask Prometheus, and nobody but Prometheus Alertmanager", async () => {
    const callers = (objects: readonly Rendered[], part: string) =>
      (called(objects, "NetworkPolicy", `observability-${part}`).spec.ingress ?? []).flatMap(
        ({ from }: { from: { podSelector: { matchLabels: Record<string, string> } }[] }) =>
          from.map(({ podSelector: { matchLabels } }) => Object.values(matchLabels)[0]),
      );
    assert.deepEqual(callers(await observability(), "prometheus"), []);
    const objects = await observability({ grafana });
    assert.deepEqual(callers(objects, "prometheus"), ["observability-grafana"]);
    assert.deepEqual(callers(objects, "alertmanager"), ["prometheus"]);
    const { spec } = called(objects, "NetworkPolicy", "observability-grafana");
    assert.equal(spec.egress.at(-1).ports[0].port, 9090);
  });

  it("routes alerts by severity to who is named, and otherwise to nobody", async () => {
    const receiversOf = (config: { route: { routes: { receiver: string }[] } }) =>
      config.route.routes.map(({ receiver }) => receiver);
    const none = alertmanagerConfig(await observability());
    assert.deepEqual(receiversOf(none), ["nobody", "nobody", "nobody", "nobody"]);
    const webhook = { url: "http://x/" };
    const receivers = { critical: { webhook }, watchdog: { webhook } };
    const some = alertmanagerConfig(await observability({ alertmanager: { receivers } }));
    assert.deepEqual(receiversOf(some), ["watchdog", "nobody", "critical", "nobody"]);
  });

  it("leads alerts to the pages and to the team that it is told of, in every mode", async () => {
    const links = { runbooks: "https://mesh.example/runbooks/", grafana: "https://g.example" };
    for (const monitoring of ["annotations", "operator"]) {
      const objects = await observability({ global: { monitoring }, links, team: "platform" });
      const text = JSON.stringify(objects.filter(holdsRules));
      assert.match(text, /https:\/\/mesh\.example\/runbooks\/RegistryDown\b/);
      assert.match(text, /https:\/\/g\.example\/d\/[a-z]/);
      assert.match(text, /team: platform|"team":"platform"/);
      assert.doesNotMatch(text, /__(NAMESPACE|RUNBOOKS|DASHBOARDS)__|team: mesh|"team":"mesh"/);
    }
  });

  it("gives an operator's Grafana the dashboards by a label, and no workloads", async () => {
    const dashboardLabels = { dashboards: "mesh" };
    const objects = await observability({ global: { monitoring: "operator" }, dashboardLabels });
    const found = ofKind(objects, "ConfigMap").filter(({ data }) =>
      Object.keys(data ?? {}).some((key) => key.endsWith(".json")),
    );
    assert.ok(found.length > 0);
    for (const { metadata } of found) assert.equal(metadata.labels?.dashboards, "mesh");
    assert.deepEqual(ofKind(objects, "StatefulSet"), []);
  });

  it("gives an operator's Alertmanager the same routes, with the operator's paths", async () => {
    const receivers = { critical: { pagerduty: { existingSecret: "pd" } } };
    const configSecret = { name: "routes", namespace: "watchers" };
    const [secret] = ofKind(
      await observability({
        global: { monitoring: "operator" },
        alertmanager: { receivers, configSecret },
      }),
      "Secret",
    );
    assert.equal(secret?.metadata.namespace, "watchers");
    const decoded = (key: string) => Buffer.from(secret?.data?.[key] ?? "", "base64").toString();
    const own = await observability({ alertmanager: { receivers } });
    const bundled = fileOf(own, "alertmanager", "config", "alertmanager.yml");
    const moved = bundled
      .replaceAll("/etc/mcp-mesh/receivers", "/etc/alertmanager/secrets")
      .replaceAll("/etc/mcp-mesh/alertmanager", "/etc/alertmanager/config");
    assert.deepEqual(parse(decoded("alertmanager.yaml")), parse(moved));
    assert.match(decoded("mesh.tmpl"), /define "mesh.title"/);
  });

  it("hands receivers' secrets over as files, of which only the paths are configured", async () => {
    const receivers = {
      critical: { pagerduty: { existingSecret: "pd" } },
      warning: {
        slack: { channel: "#mesh", existingSecret: "sl" },
        webhook: { url: "http://x/", existingSecret: "wh" },
      },
    };
    const objects = await observability({ alertmanager: { receivers } });
    const pod = podOf(objects, "alertmanager");
    const mounted = pod.volumes.flatMap(({ secret }: { secret?: { secretName: string } }) =>
      secret ? [secret.secretName] : [],
    );
    assert.deepEqual(mounted.toSorted(), ["pd", "sl", "wh"]);
    const config = fileOf(objects, "alertmanager", "config", "alertmanager.yml");
    const paths = [...config.matchAll(/_file: (\S+)\//g)].map(([, folder]) => folder);
    const mounts = pod.containers[0].volumeMounts.map(({ mountPath }: Mount) => mountPath);
    assert.equal(paths.length, 3);
    for (const path of paths) assert.ok(mounts.includes(path), path);
  });

  it("has a Grafana only with an admin, whose password is a file", async () => {
    const objects = await observability({ grafana });
    const pod = podOf(objects, "grafana");
    const env = Object.fromEntries(
      pod.containers[0].env.map(({ name, value }: Named & { value: string }) => [name, value]),
    );
    const mount = pod.containers[0].volumeMounts.find(({ name }: Named) => name === "admin");
    assert.equal(env.GF_SECURITY_ADMIN_PASSWORD__FILE, `${mount.mountPath}/password`);
    assert.equal("GF_SECURITY_ADMIN_PASSWORD" in env, false);
    const [source] = parse(
      fileOf(objects, "grafana", "provisioning", "datasources.yaml"),
    ).datasources;
    assert.equal(source.url, "http://observability-prometheus:9090");
    const dashboard = JSON.parse(fileOf(objects, "grafana", "dashboards", "overview.json"));
    const [variable] = dashboard.templating.list;
    assert.deepEqual([variable.type, variable.query], ["datasource", source.type]);
  });

  it("stays outside of Istio's sidecars, and joins the meshes that want an identity", async () => {
    const joined = async (serviceMesh: string) => {
      const objects = await observability({ global: { serviceMesh } });
      const { metadata } = called(objects, "StatefulSet", "observability-prometheus").spec.template;
      return JSON.stringify(metadata).includes(serviceMesh === "ambient" ? "ambient" : "inject");
    };
    assert.deepEqual(
      [await joined("istio"), await joined("linkerd"), await joined("ambient")],
      [false, true, true],
    );
  });
});
