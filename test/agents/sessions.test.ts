import assert from "node:assert/strict";
import { prepareCallers } from "#test/agents/caller";
import { Stage } from "#test/agents/stage";
import { SESSIONFUL, switchPods } from "#test/agents/switch";
import { testTarget } from "#test/support/kubectl";

describe("the sessions of a sessionful agent", function () {
  this.timeout(300_000);
  let stage: Stage;

  before(async function () {
    if (!testTarget()) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    stage = new Stage("agents-sessions");
    await stage.openNamespace();
    await Promise.all([stage.agent(SESSIONFUL), prepareCallers(stage)]);
  });
  after(async () => {
    await stage?.close();
  });

  it("go on through a switch to a new pod, after which the old one ends with the last of them", async () => {
    const { held, fresh, stayed, left } = await switchPods(stage);
    assert.deepEqual([held.failed, fresh.failed], [0, 0]);
    assert.ok(stayed, "the old pod did not wait for its sessions");
    assert.ok(left, "the old pod outlives its sessions");
    console.log(
      `      ${held.made} calls in ten sessions, ${fresh.made} of new clients, none failed`,
    );
  });
});
