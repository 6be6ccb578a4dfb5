import assert from "node:assert/strict";
import { Caller, prepareCallers } from "#test/agents/caller";
import { Stage } from "#test/agents/stage";
import { testTarget } from "#test/support/kubectl";

const AGENT = "everything";
const NAMESPACE = "agents-sessions";

describe("the sessions of a sessionful agent", function () {
  this.timeout(240_000);
  let stage: Stage;

  before(async function () {
    if (!testTarget()) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    stage = new Stage(NAMESPACE);
    await stage.openNamespace();
    await Promise.all([stage.agent(AGENT), prepareCallers(stage)]);
  });
  after(async () => {
    if (testTarget()) await stage.close();
  });

  it("go on through a switch to a new pod, which takes the new ones, and lets the old one end", async () => {
    const load = {
      url: `http://${AGENT}.${NAMESPACE}.svc:8080/mcp`,
      ...{ tool: "echo", arguments: { message: "Ada" }, expect: "Echo: Ada" },
    };
    const [old] = await stage.pods(AGENT);
    const held = await Caller.start(stage, "held", { via: "sessions", perSecond: 4, ...load });
    const fresh = await Caller.start(stage, "fresh", { via: "clients", perSecond: 1, ...load });
    const switching = async () => {
      await stage.kubectl(["rollout", "restart", `deployment/${AGENT}`]);
      await stage.kubectl(["rollout", "status", `deployment/${AGENT}`, "--timeout=200s"]);
    };
    const done = switching();
    const failures = await Promise.all([held, fresh].map((caller) => caller.during(() => done)));
    const both = await stage.pods(AGENT);
    assert.ok(
      both.some(({ metadata }) => metadata.uid === old?.metadata.uid),
      "the old pod is gone",
    );
    assert.deepEqual(failures, [[], []]);
    const results = await Promise.all([held.stop(), fresh.stop()]);
    for (const { via, made, failed } of results) {
      console.log(`      ${via}: ${made} calls, ${failed} failed`);
      assert.equal(failed, 0);
    }
    const left = await stage.settled(AGENT);
    assert.ok(left.every(({ metadata }) => metadata.uid !== old?.metadata.uid));
  });
});
