import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { installedPackages } from "#local/images/packages";
import { projectRoot } from "#local/setup/environment";
import { freePorts } from "#test/contract/agent-support";
import { connect } from "#test/contract/relay-support";
import { eventually } from "#test/support/eventually";

/** As their images start them, and a call of each that takes a while. */
const servers = [
  {
    name: "server-everything",
    args: ["streamableHttp"],
    call: { name: "trigger-long-running-operation", arguments: { duration: 2, steps: 2 } },
    answer: /completed/,
  },
  {
    name: "server-debug",
    args: [],
    call: { name: "debug-tool", arguments: { delayMs: 2_000 } },
    answer: /Debug text content/,
  },
];

describe("An unmodified server from npm, as its image starts it", function () {
  this.timeout(60_000);
  let child: ChildProcess;

  afterEach(() => child?.kill("SIGKILL"));

  for (const { name, args, call, answer } of servers) {
    it(`${name} ends at SIGTERM when its call is answered, whatever streams are open`, async () => {
      const modules = await installedPackages(name);
      const script = join(modules, `@modelcontextprotocol/${name}/dist/index.js`);
      const stop = join(projectRoot, "images/stop.mjs");
      const [port = 0] = await freePorts(1);
      child = spawn(process.execPath, ["--import", stop, script, ...args], {
        env: { ...process.env, PORT: String(port) },
        stdio: "ignore",
      });
      const url = `http://127.0.0.1:${port}/mcp`;
      const { client } = await eventually("the server's first answer", 30, () => connect(url));
      const gone = new AbortController();
      const stream = fetch(url, {
        headers: { accept: "text/event-stream" },
        signal: gone.signal,
      }).catch(() => undefined);
      const called = client.callTool(call);
      await Promise.race([stream, called]);
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      assert.match(JSON.stringify((await called).content), answer);
      const began = performance.now();
      assert.deepEqual(await exited, [0, null]);
      assert.ok(performance.now() - began < 3_000);
      gone.abort();
      await stream;
    });
  }
});
