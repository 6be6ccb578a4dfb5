import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { binariesBuilt } from "#local/cluster/binaries";
import { down, status, up } from "#local/cluster/cluster";
import { checkMachine } from "#local/cluster/prerequisites";
import { apply, clusterProcesses, kubectl, pod, spec, traces } from "#test/cluster/support";
import { eventually } from "#test/support/eventually";

const silent = () => {};
const SECRET = "a-secret-that-must-not-be-on-disk";

describe("a local cluster", function () {
  this.timeout(240_000);

  before(async function () {
    const reason = await checkMachine().then(
      () => (binariesBuilt() ? undefined : "Kubernetes is not built: npm run cluster -- up"),
      (error: Error) => error.message,
    );
    if (reason !== undefined) {
      console.log(`      not here: ${reason}`);
      this.skip();
    }
    await down(spec, silent);
    await up(spec, silent);
  });

  after(async () => {
    if (binariesBuilt()) await down(spec, silent);
  });

  it("has three ready nodes in three zones and nothing wrong", async () => {
    // metrics-server is ready after it has asked the nodes twice
    const report = await eventually("a healthy cluster", 60, async () => {
      const now = await status(spec);
      return now.problems.length === 0 ? now : Promise.reject(new Error(now.problems.join("; ")));
    });
    assert.deepEqual(
      report.nodes.map(({ ready }) => ready),
      [true, true, true],
    );
    assert.equal(new Set(report.nodes.map(({ zone }) => zone)).size, 3);
    const labels = await kubectl([
      "get",
      "nodes",
      "-L",
      "topology.kubernetes.io/zone",
      "--no-headers",
    ]);
    for (const { name, zone } of report.nodes) {
      assert.match(labels.text, new RegExp(`^${name} +Ready .*v1\\.36\\.3 +${zone}$`, "m"));
    }
  });

  it("is left alone by a second up", async () => {
    const before = clusterProcesses();
    await up(spec, silent);
    const now = new Set(clusterProcesses());
    assert.deepEqual(
      before.filter((pid) => !now.has(pid)),
      [],
    );
  });

  it("refuses a second cluster on its addresses", async () => {
    const other = { ...spec, name: "other", prefix: "other", home: `${spec.home}-other` };
    await assert.rejects(up(other, silent), /cluster other needs the networks .*--name/);
  });

  it("keeps secrets encrypted on disk and out of the audit log", async () => {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "safe" } });
    await apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "hidden", namespace: "safe" },
      stringData: { value: SECRET },
    });
    const log = join(spec.home, "log", "control-plane", "audit.log");
    await eventually("the audit log's entry", 10, async () => {
      const text = readFileSync(log, "utf8");
      assert(!text.includes(SECRET) && !text.includes(btoa(SECRET)));
      return text.split("\n").some((l) => l.includes('"secrets"') && l.includes('"hidden"'));
    });
    const member = join(spec.home, "etcd", "member");
    const files = readdirSync(member, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    assert(files.some((file) => file.includes("k8s:enc:secretbox:v1:key1")));
    assert(!files.some((file) => file.includes(SECRET)));
  });

  it("lets a node read only the secrets of its own pods", async () => {
    const answer = await kubectl(["-n", "safe", "get", "secret", "hidden"], undefined, "node-a");
    assert(!answer.ok);
    assert.match(answer.text, /User "system:node:node-a" cannot get resource "secrets"/);
  });

  it("refuses a root pod in a restricted namespace", async () => {
    const metadata = {
      name: "strict",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    };
    await apply({ apiVersion: "v1", kind: "Namespace", metadata });
    const rootPod = pod("strict", "root", "node-a", "sleep 60");
    rootPod.spec.securityContext = {
      ...rootPod.spec.securityContext,
      runAsNonRoot: false,
      runAsUser: 0,
    };
    await assert.rejects(apply(rootPod), /violates PodSecurity "restricted:latest": runAsNonRoot/);
    await apply(pod("strict", "modest", "node-a", "sleep 60"));
  });

  it("gives a non-root pod a volume that it can write", async () => {
    await apply({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "data", namespace: "safe" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } },
    });
    const volumes = {
      spec: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
      container: { volumeMounts: [{ name: "data", mountPath: "/data" }] },
    };
    await apply(pod("safe", "writer", "node-b", "echo kept > /data/file && sleep 600", volumes));
    await eventually("the file", 60, async () => {
      const answer = await kubectl(["-n", "safe", "exec", "writer", "--", "cat", "/data/file"]);
      return answer.ok ? /kept/.test(answer.text) : Promise.reject(new Error(answer.text));
    });
  });

  it("enforces network policies between nodes and on one", async () => {
    const serve =
      "mkdir /tmp/www && echo hello > /tmp/www/index.html && httpd -f -p 8080 -h /tmp/www";
    const tmp = {
      spec: { volumes: [{ name: "tmp", emptyDir: {} }] },
      container: { volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] },
    };
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "net" } });
    await apply(pod("net", "server", "node-a", serve, tmp));
    await apply(pod("net", "near", "node-a", "sleep 600"));
    await apply(pod("net", "far", "node-c", "sleep 600"));
    const ready = ["wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s"];
    assert((await kubectl(["-n", "net", ...ready])).ok);
    const address = await kubectl([
      "-n",
      "net",
      "get",
      "pod",
      "server",
      "-o",
      "jsonpath={.status.podIP}",
    ]);
    const reach = async (from: string) => {
      const get = ["timeout", "3", "wget", "-qO-", `http://${address.text}:8080`];
      return (await kubectl(["-n", "net", "exec", from, "--", ...get])).ok;
    };
    const all = async () => [await reach("near"), await reach("far")];
    const become = (wanted: boolean[]) =>
      eventually(`reach ${wanted}`, 30, async () => `${await all()}` === `${wanted}`);
    await become([true, true]);

    const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" };
    const deny = { podSelector: {}, policyTypes: ["Ingress"] };
    await apply({ ...policy, metadata: { name: "deny", namespace: "net" }, spec: deny });
    await become([false, false]);

    const from = [{ podSelector: { matchLabels: { app: "far" } } }];
    const allow = { podSelector: { matchLabels: { app: "server" } }, ingress: [{ from }] };
    await apply({ ...policy, metadata: { name: "allow", namespace: "net" }, spec: allow });
    await become([false, true]);
  });

  it("says what is wrong when it was killed, and comes back with its data", async () => {
    const before = clusterProcesses();
    for (const pid of before) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It went with its machine.
      }
    }
    await eventually("the end of all processes", 30, async () => clusterProcesses().length === 0);
    const { problems } = await status(spec);
    assert(problems.includes("machine node-b does not run"), problems.join("\n"));

    await up(spec, silent);
    const secret = await kubectl([
      "-n",
      "safe",
      "get",
      "secret",
      "hidden",
      "-o",
      "jsonpath={.data.value}",
    ]);
    assert.equal(secret.text, btoa(SECRET));
    await eventually("the volume's pod", 60, async () => {
      return (await kubectl(["-n", "safe", "exec", "writer", "--", "cat", "/data/file"])).ok;
    });
  });

  it("starts from nothing when its first start never ended", async () => {
    const [machine] = clusterProcesses();
    process.kill(machine ?? 0, "SIGKILL");
    rmSync(join(spec.home, "complete"));
    rmSync(join(spec.home, "pki", "admin.key"));
    await up(spec, silent);
    const answer = await kubectl(["get", "namespace", "safe"]);
    assert.match(answer.text, /namespaces "safe" not found/);
  });

  it("leaves nothing behind when it is taken down", async () => {
    const pids = clusterProcesses();
    assert((await traces(pids)).length > pids.length, "the cluster can be seen while it runs");
    await down(spec, silent);
    await eventually(
      "the removal of the last link",
      10,
      async () => (await traces(pids)).length === 0,
    );
    assert.equal((await status(spec)).exists, false);
  });
});
