import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { script } from "#local/setup/environment";
import { Agent, freePorts } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { type Outcome, run } from "#test/support/project";

describe("The release check", () => {
  let folder: string;
  let agent: Agent;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-release-check-"));
    agent = await Agent.start({ runtime: false });
    await eventually("the agent", 15, async () => (await agent.greet("you")) !== "");
  });
  after(async () => {
    await agent.stop("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  const check = (content: unknown): Promise<Outcome> => {
    const file = join(folder, "targets.json");
    writeFileSync(file, JSON.stringify(content));
    const [command, args] = script("services/release-check/src/main.ts");
    return run(command, args, { env: { ...process.env, TARGETS_FILE: file } });
  };
  const greeter = (change: object = {}) => ({
    name: "greeter",
    url: `http://127.0.0.1:${agent.port}/mcp`,
    tool: "greet",
    arguments: { name: "you" },
    expect: "Hello, you",
    ...change,
  });
  const lines = (outcome: Outcome) => outcome.stdout.trim().split("\n");

  it("passes when every agent answers a handshake, a listing and a call", async () => {
    const outcome = await check({ timeoutSeconds: 10, targets: [greeter()] });
    assert.equal(outcome.code, 0, outcome.text);
    const { seconds, ...result } = JSON.parse(outcome.stdout);
    assert.deepEqual(result, { target: "greeter", attempts: 1, ok: true, text: "Hello, you!" });
    assert.ok(seconds < 10);
  });

  it("waits for an agent that is not up yet", async () => {
    const [port] = (await freePorts(1)) as [number];
    const url = `http://127.0.0.1:${port}/mcp`;
    // Until it was asked once, there is somebody who hangs up.
    const asked = Promise.withResolvers<void>();
    const deaf = createServer((socket) => {
      socket.destroy();
      asked.resolve();
    });
    deaf.listen(port, "127.0.0.1");
    const outcome = check({ timeoutSeconds: 20, targets: [greeter({ url })] });
    await asked.promise;
    await new Promise((closed) => deaf.close(closed));
    const late = await Agent.start({ runtime: false, env: { PORT: String(port) } });
    try {
      const { code, stdout, text } = await outcome;
      assert.equal(code, 0, text);
      assert.ok(JSON.parse(stdout).attempts > 1);
    } finally {
      await late.stop();
    }
  });

  for (const [what, change, reason] of [
    [
      "the tool is missing",
      { tool: "shout" },
      /^The release check failed for greeter: tools\/list names no tool "shout", only greet$/,
    ],
    [
      "the answer is another",
      { expect: "Goodbye" },
      /^The release check failed for greeter: greet answered "Hello, you!", which lacks "Goodbye"$/,
    ],
    ["the tool refuses the call", { arguments: { name: 1 } }, /greeter: greet failed: .*name/],
    [
      "nobody listens",
      { url: "http://127.0.0.1:1/mcp" },
      /greeter: initialize failed: fetch failed/,
    ],
  ] as const) {
    it(`fails and says why in its last line when ${what}`, async () => {
      const outcome = await check({ timeoutSeconds: 2.5, targets: [greeter(change)] });
      assert.equal(outcome.code, 1, outcome.text);
      assert.match(lines(outcome).at(-1) ?? "", reason);
    });
  }

  it("fails for the one target of several that does not pass", async () => {
    const bad = greeter({ name: "other", tool: "shout" });
    const outcome = await check({ timeoutSeconds: 3, targets: [greeter(), bad] });
    assert.equal(outcome.code, 1);
    const results = lines(outcome)
      .slice(0, 2)
      .map((line) => JSON.parse(line));
    const ended = Object.fromEntries(results.map(({ target, ok }) => [target, ok]));
    assert.deepEqual(ended, { greeter: true, other: false });
    assert.match(lines(outcome).at(-1) ?? "", /^The release check failed for other: /);
  });

  it("names the field of a targets file that is wrong", async () => {
    const outcome = await check({ timeoutSeconds: 1, targets: [greeter({ url: "greeter" })] });
    assert.equal(outcome.code, 1);
    assert.match(outcome.stdout, /targets\.json is unusable: .*\n.*targets\[0\]\.url/);
  });
});
