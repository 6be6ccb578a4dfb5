import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";
import { withPortForward } from "#local/setup/port-forward";
import { bigCall, type LongCall, longCall, textOf, withClient } from "#test/gateway/support/calls";
import { pushProxies } from "#test/gateway/support/proxy-image";
import { type Proxy, rolledOut, World } from "#test/gateway/support/world";
import { eventually } from "#test/support/eventually";
import { getObjects, kubectl, testTarget } from "#test/support/kubectl";

const agent = "older";
const configured: Proxy[] = [
  { name: "nginx", controller: "nginx", software: "nginx", agent },
  { name: "ingress-nginx", controller: "ingress-nginx", software: "nginx", agent },
  { name: "haproxy", controller: "haproxy", software: "haproxy", agent },
  { name: "haproxy-ingress", controller: "haproxy-ingress", software: "haproxy", agent },
];
const stockNginx: Proxy = { name: "stock-nginx", software: "nginx", agent };
const stockHaproxy: Proxy = { name: "stock-haproxy", software: "haproxy", agent };
/** In front of the stateless agent that is restarted. */
const rolling: Proxy[] = [
  { ...configured[0]!, name: "rolling-nginx", agent: "debug" },
  { ...configured[2]!, name: "rolling-haproxy", agent: "debug" },
];
const proxies = [...configured, stockNginx, stockHaproxy, ...rolling];

/** Seconds; longer than the proxies' own patience, 50 and 60 s. */
const SILENCE = 70;
const STEP = 22;
const BODY = 4 * 1024 * 1024;

interface Observation {
  stepping: LongCall;
  silent: LongCall;
}

describe("MCP through a proxy that is set up as the chart's Ingress says", function () {
  this.timeout(240_000);
  const world = new World();
  const observations = new Map<string, Promise<Observation>>();
  let created = false;

  const through = <T>({ name }: Proxy, use: (url: string) => Promise<T>): Promise<T> => {
    const target = testTarget();
    assert.ok(target);
    const { kubeconfig } = target;
    const service = { kubeconfig, namespace: world.gateways, service: name, port: 80 };
    return withPortForward(target.kubectl, service, use);
  };
  const observed = async ({ name }: Proxy): Promise<Observation> => {
    const observation = await observations.get(name);
    assert.ok(observation);
    return observation;
  };

  before(async function () {
    this.timeout(600_000);
    const registry = await localRegistry();
    if (!registry || !existsSync(join(projectRoot, "images.lock.json"))) {
      console.log("      skipped: needs a cluster (TEST_KUBECONFIG) with the local image registry");
      return this.skip();
    }
    const image = await pushProxies(registry);
    created = true;
    await world.create();
    await Promise.all([
      world.deployAgent(agent, "everything", true),
      world.deployAgent("debug", "debug"),
    ]);
    await Promise.all(proxies.map((proxy) => world.deployProxy(image, proxy)));
    // All the long calls at once, so that the suite takes as long as one of them.
    for (const proxy of [...configured, stockNginx, stockHaproxy]) {
      const observation = through(proxy, async (url) => {
        const calls = [longCall(url, 3 * STEP, 3), longCall(url, SILENCE, 1)] as const;
        const [stepping, silent] = await Promise.all(calls);
        return { stepping, silent };
      });
      observation.catch(() => {});
      observations.set(proxy.name, observation);
    }
  });
  after(async () => {
    await Promise.allSettled(observations.values());
    if (created) await world.remove();
  });

  for (const proxy of configured) {
    it(`${proxy.name} takes a request of 4 MiB`, async () => {
      assert.equal(await through(proxy, (url) => bigCall(url, BODY)), BODY);
    });
  }

  it("nginx with its own defaults refuses a request of 4 MiB", async () => {
    await assert.rejects(
      through(stockNginx, (url) => bigCall(url, BODY)),
      /413|Too Large/,
    );
  });

  it("no call is lost while a stateless agent is restarted", async () => {
    await withRestart(
      world,
      rolling.map((proxy) => async (isOver) => {
        const { calls, failures } = await through(proxy, (url) => callUntil(isOver, url));
        console.log(`      ${calls} calls through ${proxy.software} during the restart`);
        assert.deepEqual(failures, [], proxy.name);
        assert.ok(calls > 50, `${calls} calls are too few to tell`);
      }),
    );
  });

  for (const proxy of configured) {
    it(`${proxy.name} hands on each event when it is sent, after ${STEP} s of silence`, async () => {
      const { stepping } = await observed(proxy);
      assert.match(stepping.text ?? `${stepping.error}`, /completed/);
      console.log(`      after ${stepping.progress.map((at) => at.toFixed(1)).join(", ")} s`);
      assert.equal(stepping.progress.length, 3);
      for (const [i, at] of stepping.progress.entries()) {
        assert.ok(at < (i + 2) * STEP, `event ${i + 1} came after the next one was sent`);
      }
    });

    it(`${proxy.name} does not cut an answer that is silent for ${SILENCE} s`, async () => {
      const { silent } = await observed(proxy);
      assert.match(silent.text ?? `${silent.error}`, /completed/);
    });
  }

  it("nginx with its own defaults holds events back", async () => {
    const { stepping } = await observed(stockNginx);
    const [first = Number.POSITIVE_INFINITY] = stepping.progress;
    assert.ok(first > 2 * STEP, `the first event came after ${first} s`);
  });

  for (const proxy of [stockNginx, stockHaproxy]) {
    it(`${proxy.software} with its own defaults cuts an answer that is silent for ${SILENCE} s`, async () => {
      const { silent } = await observed(proxy);
      assert.equal(silent.text, undefined);
      console.log(`      cut after ${silent.seconds.toFixed(1)} s: ${silent.error}`);
      assert.ok(silent.seconds < SILENCE);
    });
  }
});

/** `HOST:PORT` of the registry beside the cluster's API server, if there is one. */
async function localRegistry(): Promise<string | undefined> {
  const target = testTarget();
  if (!target) return undefined;
  const { clusters } = parse(readFileSync(target.kubeconfig, "utf8"));
  const registry = `${new URL(clusters[0].cluster.server).hostname}:5000`;
  const answers = await fetch(`http://${registry}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
  return answers ? registry : undefined;
}

type Caller = (isOver: () => boolean) => Promise<void>;

/** Restarts the agent `debug` while the callers call, until the last old pod is gone. */
async function withRestart(world: World, callers: Caller[]): Promise<void> {
  let over = false;
  const calling = Promise.all(callers.map((call) => call(() => over)));
  try {
    const pods = () => getObjects("pods", "-n", world.mesh, "-l", "app.kubernetes.io/name=debug");
    const old = new Set((await pods()).map(({ metadata }) => metadata.uid));
    const restart = await kubectl(["-n", world.mesh, "rollout", "restart", "deployment/debug"]);
    assert.equal(restart.code, 0, restart.stderr);
    await rolledOut(world.mesh, "debug");
    await eventually("the end of the old pods", 90, async () =>
      (await pods()).every(({ metadata }) => !old.has(metadata.uid)),
    );
  } finally {
    over = true;
    await calling;
  }
}

/** Calls from three clients until it is over. */
async function callUntil(isOver: () => boolean, url: string) {
  let calls = 0;
  const failures: string[] = [];
  const client = () =>
    withClient(url, async (connected) => {
      while (!isOver()) {
        calls += 1;
        await connected.callTool({ name: "debug-tool" }).then(
          (result) => assert.match(textOf(result), /Debug/),
          (error: Error) => failures.push(error.message),
        );
      }
    });
  await Promise.all([client(), client(), client()]);
  return { calls, failures };
}
