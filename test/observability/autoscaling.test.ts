import assert from "node:assert/strict";
import { layoutName } from "#local/images/build";
import { extraImages } from "#local/images/catalogue";
import { find } from "#local/images/layout";
import { callTool } from "#local/setup/mcp-call";
import {
  installAgents,
  readyPods,
  removeAgents,
  scaling,
  through,
} from "#test/observability/scaled-agents";
import { eventually } from "#test/support/eventually";
import { testTarget } from "#test/support/kubectl";

const CALLERS = 4;
const WAITING = 6;

/** Why there is nothing to test on, or undefined. */
function missing(): string | undefined {
  if (!testTarget()) return "TEST_KUBECONFIG and TEST_KUBECTL name no cluster";
  const adapter = extraImages.find(({ name }) => name === "prometheus-adapter");
  if (adapter && find(layoutName(adapter))) return undefined;
  return "the image is not there; make it: npm run images -- --extra prometheus-adapter";
}

describe("agents with autoscalers on a real cluster", function () {
  this.timeout(120_000);
  const end = new AbortController();
  let callers: Promise<unknown> = Promise.resolve();

  /** Calls one after another, each with some work in it. */
  const work = (url: string) =>
    Array.from({ length: CALLERS }, async () => {
      while (!end.signal.aborted) await callTool(`${url}/mcp`, "greet", { name: "Ada" });
    });
  /** Calls that an agent has accepted and does not answer. */
  const wait = (url: string) =>
    Array.from({ length: WAITING }, () =>
      fetch(`${url}/mcp`, {
        method: "POST",
        headers: { "x-slow": "yes" },
        body: "{}",
        signal: end.signal,
      }).catch(() => {}),
    );

  before(async function () {
    this.timeout(300_000);
    const reason = missing();
    if (reason) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    await installAgents();
    await eventually("an answering pod of each agent", 180, async () => {
      return (await readyPods("busy")) > 0 && (await readyPods("patient")) > 0;
    });
    await eventually("autoscalers that see what they go by", 120, async () => {
      const [busy, patient] = await Promise.all([scaling("busy"), scaling("patient")]);
      return busy.cpu !== undefined && patient.inFlight !== undefined;
    });
    callers = Promise.all([
      through("busy", async (url) => void (await Promise.allSettled(work(url)))),
      through("patient", async (url) => void (await Promise.allSettled(wait(url)))),
    ]);
  });
  after(async function () {
    this.timeout(300_000);
    end.abort();
    await callers.catch(() => {});
    if (!missing()) await removeAgents();
  });

  it("get more pods while they work hard", async () => {
    await eventually("a second pod", 110, async () => (await readyPods("busy")) >= 2);
  });

  it("get more pods while calls wait in them, though their CPU idles", async () => {
    await eventually("a pod for every two calls", 110, async () => {
      return (await readyPods("patient")) === WAITING / 2;
    });
    const { cpu = 100 } = await scaling("patient");
    assert.ok(cpu < 65, `CPU at ${cpu} % would have scaled it as well`);
    await eventually("two calls a pod, when all pods are counted", 60, async () => {
      return (await scaling("patient")).inFlight === "2";
    });
  });

  it("lose a pod again when nobody calls any more", async () => {
    const before = { busy: await readyPods("busy"), patient: await readyPods("patient") };
    end.abort();
    await callers;
    await eventually("fewer pods of both", 115, async () => {
      const [busy, patient] = await Promise.all([readyPods("busy"), readyPods("patient")]);
      return busy < before.busy && patient < before.patient;
    });
  });
});
