import assert from "node:assert/strict";
import { freePorts } from "#test/contract/agent-support";
import { blocksOf, Reader } from "#test/support/document";

describe("docs/write-an-agent.md", function () {
  this.timeout(300_000);
  let reader: Reader;
  after(() => reader?.leave());

  it("leads to an agent that runs with node alone, before and after it joins the mesh", async () => {
    const [port] = await freePorts(1);
    reader = new Reader({ ...process.env, PORT: String(port) });
    let deployed = false;
    let answers = 0;
    for (const block of blocksOf("docs/write-an-agent.md")) {
      if (block.language === "sh") deployed = block.words.includes("deploy");
      // What a deployment needs and says is the suite e2e's.
      if (deployed && ["sh", "text"].includes(block.language)) continue;
      if (block.language === "text") answers++;
      await reader.follow({ ...block, text: block.text.replaceAll(":8080", `:${port}`) });
    }
    assert.equal(answers, 2);
  });
});
