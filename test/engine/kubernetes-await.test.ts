import assert from "node:assert/strict";
import { BUSYBOX_IMAGE } from "#local/cluster/images";
import { NotReadyError } from "#local/engine/provider";
import type { Props } from "#local/engine/value";
import { clusterOrSkip, configMap, openCluster } from "#test/engine/kubernetes-support";

/** A container that runs `script`. */
const container = (script: string, more: Props = {}): Props => ({
  name: "c",
  image: BUSYBOX_IMAGE,
  command: ["sh", "-c", script],
  resources: { requests: { cpu: "1m", memory: "4Mi" } },
  ...more,
});
/** A probe that never succeeds: such a container is never ready, however long it runs. */
const never: Props = { readinessProbe: { exec: { command: ["false"] } } };
const pods = (containers: Props[], more: Props = {}): Props => ({
  terminationGracePeriodSeconds: 0,
  containers,
  ...more,
});

/** The NotReadyError that `work` ends with. */
async function unready(work: Promise<unknown>): Promise<NotReadyError> {
  const error = await work.then(
    () => assert.fail("it became ready"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof NotReadyError, String(error));
  return error;
}

describe("waiting for Kubernetes objects", function () {
  this.timeout(90_000);
  let cluster: Awaited<ReturnType<typeof openCluster>>;
  before(async function () {
    cluster = await openCluster(clusterOrSkip(this));
  });
  after(() => cluster?.close());

  const workload = (kind: string, name: string, containers: Props[], more: Props = {}): Props => {
    const labels = { app: name };
    const { annotations = {}, ...spec } = more;
    return {
      apiVersion: "apps/v1",
      kind,
      metadata: { name, namespace: cluster.namespace, annotations },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pods(containers) },
        ...spec,
      },
    };
  };
  const job = (name: string, script: string, more: Props = {}): Props => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: cluster.namespace },
    spec: {
      backoffLimit: 0,
      template: { spec: pods([container(script)], { restartPolicy: "Never" }) },
      ...more,
    },
  });

  it("ends when a Deployment's new replicas are all there and the old ones gone", async () => {
    const web = cluster.subject("apps/v1:Deployment", "web");
    await web.create(workload("Deployment", "web", [container("sleep 9999")], { replicas: 2 }));
    const status = web.outputs.status as Props;
    assert.equal(status.availableReplicas, 2);
    assert.equal(web.lines[0], "0/2 ready");

    web.lines.length = 0;
    await web.update(workload("Deployment", "web", [container("sleep 8888")], { replicas: 2 }));
    assert.equal((web.outputs.status as Props).replicas, 2);
    assert.ok(
      web.lines.some((line) => line.endsWith("old to go")),
      web.lines.join("; "),
    );
    await web.delete();
    assert.equal(await web.read(), undefined);
  });

  it("says live why a Deployment isn't ready, and ends in time with the object kept", async () => {
    const bad = cluster.subject("apps/v1:Deployment", "bad");
    const broken = [container("true", { image: "mcp-mesh.local/cluster/nothing:1" })];
    const error = await unready(
      bad.create(workload("Deployment", "bad", broken), { timeoutSeconds: 6 }),
    );
    assert.match(error.message, /'bad' timed out waiting to be Ready/);
    assert.match(error.reasons.join("\n"), /^bad-\S+: (ErrImagePull|ImagePullBackOff)/);
    assert.equal(error.id, `${cluster.namespace}/bad`);
    assert.equal((error.outputs.metadata as Props).name, "bad");
    assert.ok(
      bad.lines.some((line) => /^0\/1 ready, bad-\S+: (ErrImagePull|ImagePull)/.test(line)),
    );
    Object.assign(bad, { id: error.id, outputs: error.outputs, inputs: error.outputs.__inputs });
    assert.match(`${(await bad.read())?.initErrors}`, /ImagePull/);
    await bad.delete();
  });

  it("tells what a crashing container said", async () => {
    const crash = cluster.subject("apps/v1:Deployment", "crash");
    const script = "echo no database > /dev/termination-log; exit 3";
    const error = await unready(
      crash.create(workload("Deployment", "crash", [container(script, never)]), {
        timeoutSeconds: 8,
      }),
    );
    assert.match(error.reasons.join("\n"), /no database \(exit code 3\)/);
  });

  it("tells why pods are refused", async () => {
    const refused = cluster.subject("apps/v1:StatefulSet", "refused");
    const account = { serviceAccountName: "nobody" };
    const error = await unready(
      refused.create(
        workload("StatefulSet", "refused", [container("sleep 9999")], {
          template: {
            metadata: { labels: { app: "refused" } },
            spec: pods([container("sleep 9999")], account),
          },
        }),
        { timeoutSeconds: 5 },
      ),
    );
    assert.match(error.reasons.join("\n"), /FailedCreate: .*serviceaccount "nobody" not found/);
  });

  it("ends when a StatefulSet and a DaemonSet have all their pods", async () => {
    const db = cluster.subject("apps/v1:StatefulSet", "db");
    const nodes = cluster.subject("apps/v1:DaemonSet", "nodes");
    await Promise.all([
      db.create(workload("StatefulSet", "db", [container("sleep 9999")], { replicas: 2 })),
      nodes.create(workload("DaemonSet", "nodes", [container("sleep 9999")])),
    ]);
    assert.equal((db.outputs.status as Props).readyReplicas, 2);
    const { desiredNumberScheduled, numberAvailable } = nodes.outputs.status as Props;
    assert.ok(Number(desiredNumberScheduled) > 0);
    assert.equal(numberAvailable, desiredNumberScheduled);
    await db.update(workload("StatefulSet", "db", [container("sleep 8888")], { replicas: 2 }));
    const { currentRevision, updateRevision } = db.outputs.status as Props;
    assert.equal(currentRevision, updateRevision);
  });

  it("ends when a Job is complete", async () => {
    const done = cluster.subject("batch/v1:Job", "done");
    await done.create(job("done", "true"));
    assert.equal((done.outputs.status as Props).succeeded, 1);
  });

  it("ends at once when a Job fails, with its last words", async () => {
    const failing = cluster.subject("batch/v1:Job", "failing");
    const started = Date.now();
    const script = "echo greeter: tools/call timed out > /dev/termination-log; exit 1";
    const error = await unready(failing.create(job("failing", script)));
    assert.ok(Date.now() - started < 30_000);
    assert.match(
      error.reasons[0] ?? "",
      /^failing-\S+: greeter: tools\/call timed out \(exit code 1\)/,
    );
  });

  it("leaves a Job alone that cleaned itself up", async () => {
    const gone = cluster.subject("batch/v1:Job", "gone");
    await gone.create(job("gone", "true", { ttlSecondsAfterFinished: 0 }));
    const deadline = Date.now() + 30_000;
    while (await gone.read()) assert.ok(Date.now() < deadline, "the job is still there");
    assert.equal((await gone.live())?.outputs, gone.outputs);
  });

  it("ends when a Pod is ready, and fails when it fails", async () => {
    const pod = (name: string, only: Props): Props => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: cluster.namespace },
      spec: pods([only], { restartPolicy: "Never" }),
    });
    const good = cluster.subject("core/v1:Pod", "good");
    await good.create(pod("good", container("sleep 9999")));
    assert.equal((good.outputs.status as Props).phase, "Running");
    const sick = cluster.subject("core/v1:Pod", "sick");
    const error = await unready(sick.create(pod("sick", container("exit 4", never))));
    assert.match(error.reasons.join("\n"), /exit code 4/);
  });

  it("takes a Service as ready at once, and a claim that waits for its first pod", async () => {
    const started = Date.now();
    const metadata = (name: string) => ({ name, namespace: cluster.namespace });
    const service = cluster.subject("core/v1:Service", "svc");
    await service.create({
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("svc"),
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    const claim = cluster.subject("core/v1:PersistentVolumeClaim", "data");
    await claim.create({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: metadata("data"),
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } },
    });
    assert.ok(Date.now() - started < 5_000);
    await claim.delete();
    await service.delete();
  });

  it("skips, or waits for what pulumi.com/waitFor says", async () => {
    const noted = (annotations: Props) =>
      workload("Deployment", "told", [container("sleep 9999")], { annotations });
    const told = cluster.subject("apps/v1:Deployment", "told");
    await told.create(noted({ "pulumi.com/skipAwait": "true" }));
    assert.deepEqual(told.lines, []);
    const wish = JSON.stringify(["condition=Available", "jsonpath={.status.readyReplicas}=1"]);
    await told.update(noted({ "pulumi.com/waitFor": wish }));
    assert.equal((told.outputs.status as Props).readyReplicas, 1);

    const cm = cluster.subject("core/v1:ConfigMap", "never");
    const annotations = {
      "pulumi.com/waitFor": "jsonpath={.data.b}=1",
      "pulumi.com/timeoutSeconds": "1",
    };
    const object = configMap(cluster.namespace, "never", { a: "1" }, { annotations });
    await unready(cm.create(object));
    assert.deepEqual(cm.lines, ["waiting for jsonpath={.data.b}=1"]);
  });

  it("stops when the run is interrupted, and keeps the object", async () => {
    const abort = new AbortController();
    const slow = cluster.subject("apps/v1:Deployment", "slow");
    const broken = [container("true", { image: "mcp-mesh.local/cluster/nothing:1" })];
    const creating = slow.create(workload("Deployment", "slow", broken), { signal: abort.signal });
    setTimeout(() => abort.abort(), 500);
    const error = await unready(creating);
    assert.match(error.message, /waiting for 'slow' was interrupted/);
  });

  it("ends when somebody deletes the object meanwhile", async () => {
    const brief = cluster.subject("core/v1:ConfigMap", "brief");
    const annotations = { "pulumi.com/waitFor": "jsonpath={.data.b}=1" };
    const creating = brief.create(configMap(cluster.namespace, "brief", {}, { annotations }));
    const other = cluster.subject("core/v1:ConfigMap", "brief");
    Object.assign(other, { id: `${cluster.namespace}/brief` });
    other.inputs = configMap(cluster.namespace, "brief", {});
    const deadline = Date.now() + 10_000;
    while (!(await other.read()) || brief.lines.length === 0) assert.ok(Date.now() < deadline);
    await other.delete();
    assert.match((await unready(creating)).message, /'brief' was deleted while it was awaited/);
  });

  it("tells what keeps an object from going", async () => {
    const stuck = cluster.subject("core/v1:ConfigMap", "stuck");
    const held = (finalizers: string[]) =>
      configMap(cluster.namespace, "stuck", {}, { finalizers });
    await stuck.create(held(["example.com/hold"]));
    await assert.rejects(
      stuck.delete(1),
      /stuck was not gone after 1 s \(waiting for example.com\/hold\): finalizers might/,
    );
    await stuck.update(held([]));
    assert.equal(await stuck.read(), undefined);
  });
});
