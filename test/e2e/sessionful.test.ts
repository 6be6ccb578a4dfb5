import assert from "node:assert/strict";
import { unmark } from "#services/session-relay/src/session-id";
import { connect } from "#test/contract/relay-support";
import { render } from "#test/support/charts";
import { eventually } from "#test/support/eventually";
import { getObjects, type KubeObject, kubectl, testTarget } from "#test/support/kubectl";

const namespace = "sessionful";
const here = ["-n", namespace];
const agent = {
  image: { registry: "ghcr.io", repository: "mcp-mesh/server-everything", tag: "2026.8.31" },
  profile: "sessionful",
  sessions: { drainMinutes: 5 },
};

/** Lets this machine call, which is no pod: policies add up. */
const door = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "test", namespace },
  spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port: 8080 }] }] },
};

interface Pod extends KubeObject {
  metadata: KubeObject["metadata"] & { deletionTimestamp?: string };
  status: { podIP: string; conditions: { type: string; status: string }[] };
}

const podsOf = (name: string) =>
  getObjects<Pod>(...here, "pods", "-l", `app.kubernetes.io/name=${name}`);
const pods = () => podsOf("everything");

async function apply(objects: readonly object[]): Promise<void> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  const { code, stderr } = await kubectl(["apply", "-f", "-"], JSON.stringify(list));
  assert.equal(code, 0, stderr);
}

describe("a sessionful agent that is rolled", function () {
  this.timeout(300_000);
  let url: string;

  before(async function () {
    if (!testTarget()) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await apply([
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
      ...(await render("agent", "everything", agent, namespace)),
      door,
    ]);
    await rolledOut();
    url = await urlOf("everything");
  });
  after(async () => {
    if (testTarget()) await kubectl(["delete", "namespace", namespace, "--wait=false"]);
  });

  async function urlOf(name: string): Promise<string> {
    const [service] = await getObjects<{ spec: { clusterIP: string } }>(...here, `svc/${name}`);
    return `http://${service?.spec.clusterIP}:8080/mcp`;
  }

  async function rolledOut(name = "everything"): Promise<void> {
    const args = [...here, "rollout", "status", `deploy/${name}`, "--timeout=120s"];
    const { code, stderr } = await kubectl(args);
    assert.equal(code, 0, stderr);
  }

  /** The pod that has a client's session. */
  const homeOf = (id: string | undefined) => unmark(id ?? "")?.address;

  it("keeps the session and the stream of a client, and gives new clients the new pod", async () => {
    const old = await eventually("a client's first session", 30, () => connect(url));
    const steps: number[] = [];
    // It outlives the roll, in which the Service forgets the pod that it runs in.
    const long = old.client.callTool(
      { name: "trigger-long-running-operation", arguments: { duration: 30, steps: 15 } },
      undefined,
      { onprogress: ({ progress }) => steps.push(progress), timeout: 90_000 },
    );
    const calls = { made: 0, stop: false };
    const calling = (async () => {
      for (; !calls.stop; calls.made++) {
        assert.equal(await old.echo(`${calls.made}`), `Echo: ${calls.made}`);
      }
    })();
    const restart = await kubectl([...here, "rollout", "restart", "deploy/everything"]);
    assert.equal(restart.code, 0, restart.stderr);
    await rolledOut();

    const home = homeOf(old.transport.sessionId);
    const leaving = await eventually("the old pod's leave", 30, async () => {
      return (await pods()).find((pod) => pod.metadata.deletionTimestamp !== undefined);
    });
    assert.equal(leaving.status.podIP, home);
    const ready = leaving.status.conditions.find(({ type }) => type === "Ready");
    assert.equal(ready?.status, "True", "it stays ready while it drains");
    const fresh = await Promise.all(Array.from({ length: 5 }, () => connect(url)));
    for (const { client, transport, echo } of fresh) {
      assert.notEqual(homeOf(transport.sessionId), home);
      assert.equal(await echo("new"), "Echo: new");
      await transport.terminateSession();
      await client.close();
    }

    const { content } = await long;
    assert.match(JSON.stringify(content), /completed/);
    assert.deepEqual(
      steps,
      Array.from({ length: 15 }, (_, step) => step + 1),
    );
    calls.stop = true;
    await calling;
    console.log(`      ${calls.made} calls of the old session during the roll, none failed`);
    assert.equal(await old.echo("still here"), "Echo: still here");
    assert.equal((await pods()).length, 2, "the old pod serves its session on");

    await old.transport.terminateSession();
    await old.client.close();
    await eventually("the end of the old pod", 60, async () => (await pods()).length === 1);
  });

  it("answers 404 for a session whose pod was killed, so that its client starts again", async () => {
    const lost = await connect(url);
    const gone = await kubectl([
      ...[...here, "delete", "pod", "-l", "app.kubernetes.io/name=everything"],
      ...["--grace-period=0", "--force"],
    ]);
    assert.equal(gone.code, 0, gone.stderr);
    await rolledOut();
    await eventually("the answer to a lost session", 60, async () => {
      const error = await lost.echo("lost").catch((error: { code?: number }) => error);
      return typeof error === "object" && error.code === 404;
    });
    const again = await connect(url);
    assert.equal(await again.echo("again"), "Echo: again");
    await again.transport.terminateSession();
    await again.client.close();
  });

  it("ends long before its grace period does, as process 1 and with a stream open", async () => {
    await apply(await render("agent", "debug", { drainSeconds: 1 }, namespace));
    await rolledOut("debug");
    const address = await urlOf("debug");
    const gone = new AbortController();
    const stream = await eventually("an open stream", 30, () =>
      fetch(address, { headers: { accept: "text/event-stream" }, signal: gone.signal }),
    );
    assert.equal(stream.status, 200);
    const began = Date.now();
    const deleted = await kubectl([...here, "delete", "pod", "-l", "app.kubernetes.io/name=debug"]);
    assert.equal(deleted.code, 0, deleted.stderr);
    const seconds = (Date.now() - began) / 1000;
    console.log(`      a stateless server was gone after ${seconds.toFixed(1)} s`);
    assert.ok(seconds < 15, `it took ${seconds} s of its grace period`);
    gone.abort();
  });

  it("ends at once when nobody has a session", async () => {
    const began = Date.now();
    const scaled = await kubectl([...here, "scale", "deploy/everything", "--replicas=0"]);
    assert.equal(scaled.code, 0, scaled.stderr);
    await eventually("the pod's end", 60, async () => (await pods()).length === 0);
    const seconds = (Date.now() - began) / 1000;
    assert.ok(seconds < 30, `it took ${seconds} s`);
  });
});
