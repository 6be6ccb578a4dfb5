import assert from "node:assert/strict";
import { TextDisplay } from "#local/engine/display";
import { outputsBlock } from "#local/engine/format";
import { changedKeys } from "#local/engine/plan";
import { Engine, THING } from "#test/engine/support/engine";
import { World } from "#test/engine/support/fake-provider";

describe("what an operation shows", () => {
  it("groups the changed properties: new ones, then gone ones, then changed ones", () => {
    const kinds = { prefix: "delete", data: "update", "spec.ports[0]": "add", keepers: "add" };
    const detailed = Object.fromEntries(
      Object.entries(kinds).map(([key, kind]) => [key, { kind, inputDiff: true }]),
    ) as Parameters<typeof changedKeys>[0]["detailed"];
    const diff = { changes: true, replaceKeys: ["data"], deleteBeforeReplace: false, detailed };
    assert.equal(changedKeys(diff), "+keepers-prefix~data,spec");
  });

  it("previews a replacement that is made first as its three steps, each with its reason", async () => {
    const stack = new Engine(new World());
    await stack.up((register) => register("a", { fixed: 1 }));
    let text = "";
    const stackUrn = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev";
    stack.listener = new TextDisplay({
      kind: "update",
      preview: true,
      stack: "dev",
      stackUrn,
      showSecrets: false,
      write: (more) => {
        text += more;
      },
    });
    await stack.preview((register) => register("a", { fixed: 2 }));
    assert.deepEqual(
      text.split("\n").filter((line) => line.includes(THING)),
      [
        ` ++ ${THING} a create replacement [diff: ~fixed]`,
        ` +- ${THING} a replace [diff: ~fixed]`,
        ` -- ${THING} a delete original [diff: ~fixed]`,
      ],
    );
  });

  it("shows in a preview the outputs that would change, and in an update all of them", () => {
    const outputs = { before: { a: 1, b: "x" }, after: { a: 1, b: "y" }, fresh: false };
    assert.deepEqual(outputsBlock(outputs, true, false), ["Outputs:", '  ~ b: "x" => "y"']);
    assert.deepEqual(outputsBlock(outputs, false, false), [
      "Outputs:",
      "    a: 1",
      '  ~ b: "x" => "y"',
    ]);
    assert.deepEqual(outputsBlock({ ...outputs, after: outputs.before }, true, false), []);
  });
});
