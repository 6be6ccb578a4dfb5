import assert from "node:assert/strict";
import { loadConfig } from "#services/dashboard/src/config";
import { isHook, ofKind, type Rendered, render, theOnly } from "#test/support/charts";

const dashboard = (values: object = {}, release = "dashboard", namespace?: string) =>
  render("dashboard", release, values, namespace);
const podOf = (objects: readonly Rendered[]) => theOnly(objects, "Deployment").spec.template.spec;
/** The container's variables, as its process has them. */
const envOf = async (values: object): Promise<Record<string, string>> => {
  const [{ env }] = podOf(await dashboard(values)).containers;
  return Object.fromEntries(
    env.map((one: { name: string; value: string }) => [one.name, one.value]),
  );
};
const route = { parentRefs: [{ name: "public" }], hostnames: ["mesh.example.com"] };
const oidc = {
  issuer: "https://login.example.com/realms/ops",
  clientId: "mesh",
  existingSecret: "dashboard-oidc",
};
const own = (objects: readonly Rendered[]) => objects.filter((object) => !isHook(object));

describe("the dashboard chart", function () {
  this.timeout(60_000);

  it("renders with its own values, and refuses a key that it does not know", async () => {
    const kinds = own(await dashboard()).map(({ kind }) => kind);
    assert.deepEqual(kinds.toSorted(), [
      "Deployment",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
      "ServiceAccount",
    ]);
    await assert.rejects(dashboard({ registryURL: "http://r:1" }), /registryURL/);
    await assert.rejects(dashboard({ logLevel: "loud" }), /logLevel/);
  });

  it("puts all its objects into the release's namespace, under the release's name", async () => {
    for (const { kind, metadata } of own(await dashboard({}, "board", "elsewhere"))) {
      assert.equal(metadata.namespace, "elsewhere", kind);
      assert.equal(metadata.name, "board", kind);
      assert.equal(metadata.labels?.["app.kubernetes.io/component"], "dashboard", kind);
    }
  });

  it("tells the server where it listens and whom it shows, and secrets by their files alone", async () => {
    const objects = await dashboard({ registryUrl: "http://r.x.svc:8000", env: { LANG: "C" } });
    const [container] = podOf(objects).containers;
    assert.deepEqual(await envOf({ registryUrl: "http://r.x.svc:8000", env: { LANG: "C" } }), {
      ...{ HOST: "0.0.0.0", PORT: "8090", LOG_LEVEL: "info", NAMESPACE: "mcp-mesh", PROXIES: "0" },
      MCP_MESH_REGISTRY_URL: "http://r.x.svc:8000",
      SESSION_KEYS_FILE: "/etc/dashboard/session/keys",
      ...{ SESSION_HOURS: "12", SESSION_IDLE_MINUTES: "60" },
      ...{ LOCAL_USER: "admin", LOCAL_PASSWORD_FILE: "/etc/dashboard/login/password" },
      LANG: "C",
    });
    assert.deepEqual(container.volumeMounts, [
      { name: "login", mountPath: "/etc/dashboard/login", readOnly: true },
      { name: "session", mountPath: "/etc/dashboard/session", readOnly: true },
    ]);
    assert.deepEqual(podOf(objects).volumes, [
      { name: "login", secret: { secretName: "dashboard-login", defaultMode: 0o440 } },
      { name: "session", secret: { secretName: "dashboard-session", defaultMode: 0o440 } },
    ]);
  });

  it("gives the server what it understands: single sign-on, Prometheus and links", async () => {
    const env = await envOf({
      auth: { local: { enabled: false }, oidc: { ...oidc, allowedGroups: ["a, b", 'c"d'] } },
      prometheus: { url: "http://prometheus:9090" },
      links: { grafana: "https://grafana.example.com/d/{service}" },
      route,
    });
    const { login, publicUrl, links, proxies, prometheusUrl } = loadConfig(env);
    assert(login.open === undefined);
    assert.equal(login.local, undefined);
    assert.partialDeepStrictEqual(login.oidc, {
      issuer: oidc.issuer,
      clientSecretFile: "/etc/dashboard/oidc/client-secret",
      allowed: { groups: ["a, b", 'c"d'], emails: [] },
    });
    assert.equal(publicUrl?.href, "https://mesh.example.com/");
    assert.deepEqual(links, { grafana: "https://grafana.example.com/d/{service}" });
    assert.deepEqual([proxies, prometheusUrl], [1, "http://prometheus:9090"]);
  });

  it("refuses a page that nobody or anybody could open without a word why", async () => {
    const off = { enabled: false };
    await assert.rejects(dashboard({ auth: { local: off } }), /nobody could log in/);
    const open = { reason: "Behind the gateway's own login." };
    await assert.rejects(dashboard({ auth: { open } }), /lets everybody in/);
    await assert.rejects(dashboard({ auth: { oidc }, route }), /allowedGroups/);
    const allowed = { ...oidc, allowedDomains: ["example.com"] };
    await assert.rejects(dashboard({ auth: { oidc: allowed } }), /publicUrl/);
    const env = await envOf({ auth: { local: off, open } });
    assert.deepEqual(loadConfig(env).login, { open: open.reason });
    const pod = podOf(await dashboard({ auth: { local: off, open } }));
    assert.equal(pod.volumes, undefined);
  });

  it("reaches an operator's Prometheus in its namespace, at the port of its address", async () => {
    const policy = (
      await dashboard({
        global: { monitoring: "operator" },
        prometheus: { url: "http://prometheus-operated.monitoring.svc:9091" },
      })
    ).find(({ metadata }) => metadata.name === "dashboard-prometheus");
    assert.deepEqual(policy?.spec.egress, [
      {
        ports: [{ protocol: "TCP", port: 9091 }],
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } },
            podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
          },
        ],
      },
    ]);
  });

  it("can reach the registry and DNS, and is reached by nobody who is not named", async () => {
    const { spec } = theOnly(own(await dashboard()), "NetworkPolicy");
    assert.equal(spec.ingress, undefined);
    const [dns, registry, ...more] = spec.egress;
    assert.equal(dns.ports[0].port, 53);
    assert.deepEqual(registry.ports, [{ protocol: "TCP", port: 8000 }]);
    assert.equal(registry.to[0].podSelector.matchLabels["app.kubernetes.io/name"], "registry");
    assert.deepEqual(more, []);
    const gateways = [{ namespace: "gateways", labels: { app: "envoy" } }];
    const opened = theOnly(own(await dashboard({ network: { gateways } })), "NetworkPolicy").spec;
    assert.equal(opened.ingress[0].ports[0].port, 8090);
    assert.deepEqual(opened.ingress[0].from[0].podSelector.matchLabels, { app: "envoy" });
  });

  it("has three probes, and a grace period longer than the drain", async () => {
    const pod = podOf(await dashboard());
    const [container] = pod.containers;
    const paths = ["startupProbe", "readinessProbe", "livenessProbe"].map(
      (probe) => container[probe].httpGet.path,
    );
    assert.deepEqual(paths, ["/live", "/ready", "/live"]);
    const { seconds } = container.lifecycle.preStop.sleep;
    // The server drains for 5 s and gives what is under way 5 s more.
    assert.ok(pod.terminationGracePeriodSeconds > seconds + 10);
  });

  it("leaves the number of replicas to the autoscaler where there is one", async () => {
    const autoscaling = { minReplicas: 2, maxReplicas: 4, cpuPercent: 70 };
    const objects = await dashboard({ autoscaling });
    assert.equal(theOnly(objects, "HorizontalPodAutoscaler").spec.maxReplicas, 4);
    assert.equal("replicas" in theOnly(objects, "Deployment").spec, false);
    assert.equal(theOnly(await dashboard({ replicas: 3 }), "Deployment").spec.replicas, 3);
  });

  it("is held back by no disruption budget with one replica", async () => {
    assert.equal(ofKind(await dashboard({ replicas: 1 }), "PodDisruptionBudget").length, 0);
  });

  it("is reached from outside by a route or an ingress, where one is asked for", async () => {
    const objects = await dashboard({
      route: { parentRefs: [{ name: "public" }], hostnames: ["mesh.example.com"] },
      ingress: { className: "nginx", controller: "nginx", host: "mesh.example.com" },
    });
    const [rule] = theOnly(objects, "HTTPRoute").spec.rules;
    assert.deepEqual(rule.backendRefs, [{ name: "dashboard", port: 8090 }]);
    const [host] = theOnly(objects, "Ingress").spec.rules;
    assert.deepEqual(host.http.paths[0].backend.service, {
      name: "dashboard",
      port: { name: "http" },
    });
  });

  it("is found by Prometheus as the stack says", async () => {
    const annotated = await dashboard({ global: { monitoring: "annotations" } });
    const { annotations } = theOnly(annotated, "Deployment").spec.template.metadata;
    assert.equal(annotations["prometheus.io/port"], "8090");
    const operated = await dashboard({ global: { monitoring: "operator" } });
    assert.equal(theOnly(operated, "ServiceMonitor").spec.endpoints[0].targetPort, "http");
  });

  it("is asked by `helm test` how old the registry's last answer is", async () => {
    const tests = (await dashboard()).filter(isHook);
    const pod = theOnly(tests, "Pod") as Rendered;
    assert.match(pod.spec.containers[0].args[0], /http:\/\/dashboard\.mcp-mesh\.svc:8090\/metrics/);
  });
});
