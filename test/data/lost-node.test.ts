import assert from "node:assert/strict";
import { script } from "#local/setup/environment";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { getObjects, kubectl, testTarget } from "#test/support/kubectl";
import { run } from "#test/support/project";
import { followRunbook } from "#test/support/runbook";

/** Of nodes that may have the database; and a taint, which nothing else puts up with. */
const LABEL = "mcp-mesh.dev/test-database";

const amounts = { cpu: "100m", memory: "128Mi", "ephemeral-storage": "128Mi" };
const volumes = ["run", "tmp"].map((name) => ({ name, emptyDir: {} }));

/** A server without a volume: what becomes of the pod is the question here. */
const server = (namespace: string) => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "postgres", namespace },
  spec: {
    serviceName: "postgres",
    selector: { matchLabels: { app: "postgres" } },
    template: {
      metadata: { labels: { app: "postgres" } },
      spec: {
        nodeSelector: { [LABEL]: namespace },
        tolerations: [{ key: LABEL, operator: "Exists", effect: "NoSchedule" }],
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 999,
          fsGroup: 999,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "postgres",
            image: "ghcr.io/mcp-mesh/postgres:15",
            command: ["sh", "-c", "initdb -D /tmp/data -U postgres && exec postgres -D /tmp/data"],
            resources: { requests: amounts, limits: { ...amounts, cpu: "1" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [
              { name: "run", mountPath: "/var/run/postgresql" },
              { name: "tmp", mountPath: "/tmp" },
            ],
          },
        ],
        volumes,
      },
    },
  },
});

describe("a database whose node is lost", function () {
  this.timeout(420_000);
  let databases: Databases;
  let node = "";
  let elsewhere = "";

  const say = async (ready: "True" | "False") => {
    const now = new Date().toISOString();
    const times = { lastHeartbeatTime: now, lastTransitionTime: now };
    const conditions = [{ type: "Ready", status: ready, reason: "Test", message: "", ...times }];
    const room = { cpu: "4", memory: "4Gi", pods: "10", "ephemeral-storage": "4Gi" };
    const patch = JSON.stringify({ status: { capacity: room, allocatable: room, conditions } });
    const args = ["patch", "node", node, "--subresource=status", "--type=merge", "-p", patch];
    assert.equal((await kubectl(args)).code, 0);
  };
  const where = async () => (await databases.pod("postgres")).spec.nodeName;
  const operate = (...flags: string[]) => {
    const { kubeconfig, kubectl: path } = testTarget()!;
    const args = ["lost-node", "--namespace", databases.namespace, "--node", node, ...flags];
    const [command, all] = script("operate/cli.ts", ...args);
    return run(command, all, { env: { ...process.env, KUBECONFIG: kubeconfig, KUBECTL: path } });
  };

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    const { namespace } = databases;
    elsewhere = (await getObjects("nodes"))[0]!.metadata.name;
    // A node of which there is nothing but what it once said: a machine that went away.
    node = `${namespace}-node`;
    const labels = { [LABEL]: namespace, "kubernetes.io/hostname": node };
    const spec = { taints: [{ key: LABEL, effect: "NoSchedule" }] };
    const made = { apiVersion: "v1", kind: "Node", metadata: { name: node, labels }, spec };
    await kubectl(["apply", "-f", "-"], JSON.stringify(made));
    await say("True");
    await databases.apply(server(namespace));
    await eventually("its pod is on the node", 120, async () => {
      // Heard of again and again, as from a node that is there.
      await say("True");
      return (await where()) === node;
    });
    await kubectl(["label", "node", elsewhere, `${LABEL}=${namespace}`]);
  });
  after(async () => {
    if (!databases) return;
    await kubectl(["label", "node", elsewhere, `${LABEL}-`]);
    await kubectl(["delete", "node", node]);
    await databases.remove();
  });

  it("is left there while the node answers, and while nobody says that it is off", async () => {
    await say("True");
    assert.match((await operate("--yes")).stderr, /is ready, so its pods can go in order/);
    await say("False");
    assert.match((await operate("--yes")).stderr, /may still write: switch it off/);
    assert.equal(await where(), node);
  });

  it("goes on elsewhere once somebody says so, as the runbook has it", async () => {
    const since = Date.now();
    const { code, text } = await followRunbook("LostNode", {
      NAMESPACE: databases.namespace,
      NODE: node,
    });
    assert.equal(code, 0, text);
    console.log(`      elsewhere after ${((Date.now() - since) / 1000).toFixed(1)} s`);
    assert.equal(await where(), elsewhere);
  });

  it("lets the node have pods again when it is back, and not before", async () => {
    assert.match((await operate("--returned", "--yes")).stderr, /is not ready yet/);
    await say("True");
    const { code, text } = await operate("--returned", "--yes");
    assert.equal(code, 0, text);
    const [found] = await getObjects<{ spec: { taints?: { key: string }[] } }>("node", node);
    assert.doesNotMatch(JSON.stringify(found?.spec.taints ?? []), /out-of-service/);
  });
});
