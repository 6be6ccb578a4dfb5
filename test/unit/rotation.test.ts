import assert from "node:assert/strict";
import { resolveStack } from "#config/stack";
import { stackSources } from "#test/support/stack-sources";

/** A stack with more lines in its file, below `config`. */
const stackWith = (more: string, from = "") =>
  resolveStack(
    stackSources("dev", {
      "Pulumi.dev.yaml": (text) =>
        `${from === "" ? text : text.replace("    protect: false", from)}${more}`,
    }),
  );

describe("a stack's rotation", () => {
  it("hands each component the generations of its secrets, the first of each at rest", () => {
    const rest = stackWith("\n");
    assert.deepEqual([rest.database.login, rest.sessionKey], [{ current: 1 }, { current: 1 }]);
    const { database, sessionKey } = stackWith(
      "  mcp-mesh:rotation: { databaseLogin: { current: 2, previous: 1 }, dashboardSession: { current: 4 } }\n",
    );
    assert.deepEqual([database.login, sessionKey], [{ current: 2, previous: 1 }, { current: 4 }]);
  });

  it("has the release checked anew at each step", () => {
    const step = stackWith("  mcp-mesh:rotation: { databaseLogin: { current: 1, next: 2 } }\n");
    assert.notEqual(step.releaseCheck.proves, stackWith("\n").releaseCheck.proves);
  });

  for (const [what, step, reason] of [
    ["a step over one", "{ current: 1, next: 3 }", /databaseLogin.next: found 3, .*make it 2/],
    ["two at once", "{ current: 2, next: 3, previous: 1 }", /previous one still; take it away/],
  ] as const) {
    it(`refuses ${what}, and says the way out`, () => {
      assert.throws(() => stackWith(`  mcp-mesh:rotation: { databaseLogin: ${step} }\n`), reason);
    });
  }

  it("refuses to rotate what somebody else keeps", () => {
    const step = "  mcp-mesh:rotation: { databaseLogin: { current: 2 } }\n";
    assert.throws(
      () => stackWith(step, "    mode: cnpg"),
      /databaseLogin: belongs to postgres.mode/,
    );
  });
});
