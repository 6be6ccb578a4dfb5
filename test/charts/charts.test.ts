import assert from "node:assert/strict";
import { ofKind, render, theOnly } from "#test/support/charts";

const mesh = { mode: "mesh", replicas: 2, config: { greeting: "Hello" } };
const podOf = (objects: Awaited<ReturnType<typeof render>>, kind = "Deployment") =>
  theOnly(objects, kind).spec.template.spec;

describe("every chart", function () {
  this.timeout(60_000);
  for (const chart of ["foundation", "postgres", "registry", "agent"]) {
    it(`${chart} renders with its own values, and refuses a key that it does not know`, async () => {
      assert.ok((await render(chart, chart)).length > 2);
      await assert.rejects(render(chart, chart, { replicsa: 3 }), /replicsa/);
    });
    it(`${chart} puts all its objects into the release's namespace`, async () => {
      for (const object of await render(chart, chart, {}, "elsewhere")) {
        const namespace = object.kind === "PriorityClass" ? undefined : "elsewhere";
        assert.equal(object.metadata.namespace, namespace, object.kind);
        assert.equal(object.metadata.labels?.["app.kubernetes.io/part-of"], "mcp-mesh");
        assert.equal(object.metadata.labels?.["app.kubernetes.io/instance"], chart);
      }
    });
  }
});

describe("the foundation chart", function () {
  this.timeout(60_000);
  it("closes the namespace for every pod in both directions", async () => {
    const { spec } = theOnly(await render("foundation", "foundation"), "NetworkPolicy");
    assert.deepEqual(spec, { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });
  it("passes the quota and the limits on", async () => {
    const objects = await render("foundation", "foundation", { quota: { pods: "7" } });
    assert.equal(theOnly(objects, "ResourceQuota").spec.hard.pods, "7");
    const [limits] = theOnly(objects, "LimitRange").spec.limits;
    assert.deepEqual(Object.keys(limits).toSorted(), ["default", "defaultRequest", "max", "type"]);
  });
});

describe("the agent chart", function () {
  this.timeout(60_000);
  it("gives a vanilla server nothing of the mesh", async () => {
    const objects = await render("agent", "debug", { env: { LANG: "C" } });
    const [container] = podOf(objects).containers;
    assert.deepEqual(container.env, [
      { name: "PORT", value: "8080" },
      { name: "LANG", value: "C" },
    ]);
    assert.deepEqual(container.ports, [{ name: "mcp", containerPort: 8080 }]);
    assert.equal(ofKind(objects, "ConfigMap").length, 0);
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      assert.deepEqual(container[probe].tcpSocket, { port: "mcp" }, probe);
    }
    assert.equal("egress" in theOnly(objects, "NetworkPolicy").spec, false);
  });

  it("tells a mesh agent who and where it is, and asks its runtime how it is", async () => {
    const objects = await render("agent", "greeter", {
      ...mesh,
      registryUrl: "http://r.x.svc:8000",
    });
    const [container] = podOf(objects).containers;
    const env = Object.fromEntries(
      container.env.map((entry: { name: string; value?: string }) => [entry.name, entry.value]),
    );
    assert.deepEqual(env, {
      PORT: "8080",
      MCP_MESH_REGISTRY_URL: "http://r.x.svc:8000",
      MCP_MESH_AGENT_NAME: "greeter",
      MCP_MESH_HTTP_HOST: "greeter.mcp-mesh.svc",
      MCP_MESH_HTTP_PORT: "8080",
      MCP_MESH_MANAGEMENT_PORT: "8081",
      MCP_MESH_NAMESPACE: "mcp-mesh",
      MCP_MESH_CONFIG: "/etc/mcp-mesh/config.json",
      MCP_MESH_DRAIN_SECONDS: "20",
      MCP_MESH_POD: undefined,
      MCP_MESH_POD_IP: undefined,
      MCP_MESH_ZONE: undefined,
    });
    const paths = ["startupProbe", "readinessProbe", "livenessProbe"].map(
      (probe) => container[probe].httpGet.path,
    );
    assert.deepEqual(paths, ["/startupz", "/ready", "/livez"]);
  });

  it("gives the agent's settings as a file whose name changes with them", async () => {
    const map = async (greeting: string) => {
      const objects = await render("agent", "greeter", { ...mesh, config: { greeting } });
      const found = theOnly(objects, "ConfigMap");
      const mounted = podOf(objects).volumes.find((v: { name: string }) => v.name === "config");
      assert.equal(mounted.configMap.name, found.metadata.name);
      assert.equal(found.immutable, true);
      assert.deepEqual(JSON.parse(found.data?.["config.json"] ?? ""), { greeting });
      return found.metadata.name;
    };
    assert.equal(await map("Hello"), await map("Hello"));
    assert.notEqual(await map("Hello"), await map("Ahoy"));
  });

  it("names the settings by the agent and its version, and rolls no pod for the same ones", async () => {
    const made = async (change: object) => {
      const objects = await render("agent", "greeter", {
        ...mesh,
        version: "1.2.0-rc.1",
        ...change,
      });
      const { name, labels } = theOnly(objects, "ConfigMap").metadata;
      return { name, version: labels?.["app.kubernetes.io/version"], pod: podOf(objects) };
    };
    const first = await made({});
    assert.match(first.name, /^greeter-1-2-0-rc-1-[0-9a-f]{10}$/);
    assert.equal(first.version, "1.2.0-rc.1");
    assert.deepEqual((await made({ replicas: 3 })).pod, first.pod);
    assert.notDeepEqual((await made({ config: { greeting: "Ahoy" } })).pod, first.pod);
  });

  it("has a disruption budget only where there is a second replica", async () => {
    const budgets = async (replicas: number) =>
      ofKind(await render("agent", "debug", { replicas }), "PodDisruptionBudget");
    assert.equal((await budgets(1)).length, 0);
    const [budget] = await budgets(2);
    assert.equal(budget?.spec.maxUnavailable, 1);
  });

  it("keeps a pod alive longer than its drain takes", async () => {
    for (const drainSeconds of [5, 45]) {
      const pod = podOf(await render("agent", "debug", { drainSeconds }));
      assert.equal(pod.containers[0].lifecycle.preStop.sleep.seconds, drainSeconds);
      assert.ok(pod.terminationGracePeriodSeconds >= drainSeconds + 10);
    }
  });

  it("opens the network to those it is told of, and DNS only to who calls others", async () => {
    const network = { ingress: ["a", "b"], egress: [{ to: "c", port: 9000 }] };
    const { spec } = theOnly(await render("agent", "greeter", { network }), "NetworkPolicy");
    const named = (peer: { podSelector: { matchLabels: Record<string, string> } }) =>
      peer.podSelector.matchLabels["app.kubernetes.io/name"];
    assert.deepEqual(spec.ingress[0].from.map(named), ["a", "b"]);
    assert.deepEqual(spec.ingress[0].ports, [{ protocol: "TCP", port: 8080 }]);
    const [dns, call, ...more] = spec.egress;
    assert.deepEqual(
      dns.ports.map(({ port }: { port: number }) => port),
      [53, 53],
    );
    assert.deepEqual([call.to.map(named), call.ports[0].port, more], [["c"], 9000, []]);
  });

  it("lets the stack decide whether pods wait for a balance of zones", async () => {
    const rule = async (zones: string) => {
      const pod = podOf(await render("agent", "debug", { placement: { zones } }));
      return pod.topologySpreadConstraints[0].whenUnsatisfiable;
    };
    assert.equal(await rule("required"), "DoNotSchedule");
    assert.equal(await rule("preferred"), "ScheduleAnyway");
    await assert.rejects(rule("never"), /zones/);
  });
});

describe("the registry chart", function () {
  this.timeout(60_000);
  it("migrates the database before it serves, as the same image with the same settings", async () => {
    const { initContainers, containers } = podOf(await render("registry", "registry"));
    assert.deepEqual([initContainers[0].args, containers[0].args], [["migrate"], ["serve"]]);
    assert.equal(initContainers[0].image, containers[0].image);
    assert.deepEqual(initContainers[0].env, containers[0].env);
  });
  it("reads its password from a file, never from the environment", async () => {
    const database = { existingSecret: "elsewhere" };
    const pod = podOf(await render("registry", "registry", { database }));
    const names = pod.containers[0].env.map(({ name }: { name: string }) => name);
    assert.ok(names.includes("DATABASE_PASSWORD_FILE"));
    assert.equal(names.includes("DATABASE_PASSWORD"), false);
    const volume = pod.volumes.find((v: { name: string }) => v.name === "database");
    assert.equal(volume.secret.secretName, "elsewhere");
  });
  it("knows the declared agents from a file whose name changes with them", async () => {
    const declared = async (declaredAgents: unknown[]) =>
      theOnly(await render("registry", "registry", { declaredAgents }), "ConfigMap");
    const [none, one] = [await declared([]), await declared([{ agent_id: "a" }])];
    assert.notEqual(none.metadata.name, one.metadata.name);
    assert.deepEqual(JSON.parse(one.data?.["agents.json"] ?? ""), { agents: [{ agent_id: "a" }] });
  });
  it("tells life from readiness", async () => {
    const [container] = podOf(await render("registry", "registry")).containers;
    assert.equal(container.livenessProbe.httpGet.path, "/live");
    assert.equal(container.readinessProbe.httpGet.path, "/ready");
  });
});
