import assert from "node:assert/strict";
import { Caller, prepareCallers } from "#test/agents/caller";
import {
  deleteAtOnce,
  freeNode,
  killProcess,
  nodeDrain,
  registryOutage,
  rollingUpdate,
} from "#test/agents/disruptions";
import { Stage } from "#test/agents/stage";
import { testTarget } from "#test/support/kubectl";

const WORK_MS = 30;

describe("calls of a stateless agent with two replicas", function () {
  this.timeout(300_000);
  let stage: Stage;
  let node: string;
  let mesh: Caller | undefined;
  /** Those that know the Service alone, and try nothing twice. */
  let plain: Caller[] = [];

  before(async function () {
    if (!testTarget()) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    stage = new Stage("agents");
    await stage.open();
    await stage.worker(2, WORK_MS);
    await prepareCallers(stage);
    node = await freeNode(stage);
    [mesh, ...plain] = await Promise.all([
      Caller.start(stage, "mesh", { via: "mesh", perSecond: 5 }, node),
      Caller.start(stage, "client", { via: "client", perSecond: 2 }, node),
      Caller.start(stage, "clients", { via: "clients", perSecond: 1 }, node),
    ]);
  });
  after(async () => {
    if (!testTarget()) return;
    for (const caller of mesh ? [mesh, ...plain] : []) {
      const { via, made, failed } = await caller.stop();
      console.log(`      ${via}: ${made} calls, ${failed} failed`);
    }
    await stage?.close();
  });

  /** Asserts that nobody's calls fail while something is done. */
  const nobodyFails = async (others: Caller[], work: () => Promise<void>) => {
    assert.ok(mesh);
    const callers = [mesh, ...others];
    const done = work();
    const failures = await Promise.all(callers.map((caller) => caller.during(() => done)));
    const told = callers.map(({ name }, index) => [
      name,
      (failures[index] ?? [])
        .map(({ failed, after }) => `${failed}, after ${after} ms`)
        .slice(0, 5),
    ]);
    const nothing = callers.map(({ name }) => [name, []]);
    assert.deepEqual(Object.fromEntries(told), Object.fromEntries(nothing));
  };

  it("all succeed while its pods are replaced by new ones", async () => {
    await nobodyFails(plain, () => rollingUpdate(stage));
  });

  it("all succeed while a node is drained of one of its pods", async () => {
    await nobodyFails(plain, () => nodeDrain(stage, node));
  });

  it("all succeed while there is no registry", async () => {
    await nobodyFails(plain, () => registryOutage(stage, 12));
  });

  it("succeed for mesh callers though the process in a pod is killed", async () => {
    await nobodyFails([], () => killProcess(stage));
  });

  it("succeed for mesh callers though a pod is deleted at once", async () => {
    await nobodyFails([], () => deleteAtOnce(stage));
  });
});
