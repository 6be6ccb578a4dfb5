import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadStack } from "#config/load";
import { projectRoot } from "#local/setup/environment";
import { registered } from "#test/support/mocks";
import { stackSources } from "#test/support/stack-sources";

/** Loads a stack from the running program's configuration, with some of it set otherwise. */
async function load(settings: Record<string, string> = {}): Promise<ReturnType<typeof loadStack>> {
  const all = { ...stackSources("dev").settings, ...settings };
  let stack: ReturnType<typeof loadStack> | undefined;
  await registered(() => {
    const entries = Object.entries(all).map(([key, value]) => [`mcp-mesh:${key}`, value]);
    pulumi.runtime.setAllConfig({ ...Object.fromEntries(entries), "kubernetes:foreign": "x" });
    stack = loadStack(projectRoot);
  }, "dev");
  assert.ok(stack);
  return stack;
}

describe("the running program's configuration", () => {
  it("is what Pulumi gives it, not what the file says", async () => {
    assert.equal((await load({ namespace: "elsewhere" })).namespace, "elsewhere");
  });
  it("takes a context and leaves other packages' settings alone", async () => {
    assert.equal((await load()).context, undefined);
    assert.equal((await load({ context: "mine" })).context, "mine");
  });
  it("ends the program with the problems alone when it is wrong", async () => {
    await assert.rejects(load({ namespce: "x" }), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /mcp-mesh:namespce: unknown key; did you mean "namespace"\?/);
      return true;
    });
  });
});
