import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { labels, metadata } from "#observability/logs/stages";
import { compileStages, digest, type Entry } from "#test/observability/logs/stages";

const FOLDER = join(projectRoot, "test", "fixtures", "logs");
const pod = { namespace: "mcp-mesh", pod: "agent-6d5f7-x2x4z", container: "agent" };
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

describe("the logs' stages, run by Alloy's own code", () => {
  let program = "";
  const read = (...lines: string[]) =>
    digest(
      program,
      lines.map((line) => ({ line, labels: { ...pod, service: "agent", component: "agent" } })),
    );
  const only = async (...lines: string[]): Promise<Entry> => {
    const [entry, ...others] = await read(...lines);
    assert.ok(entry);
    assert.deepEqual(others, []);
    return entry;
  };
  const levelOf = async (line: string) => (await only(line)).labels.level;

  before(async function () {
    this.timeout(900_000);
    try {
      program = await compileStages();
    } catch (error) {
      if ((error as Error).name !== "Unobtainable") throw error;
      console.log(`      skipped: ${(error as Error).message}`);
      this.skip();
    }
  });

  const captured = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));
  for (const file of captured) {
    it(`know the level of each line that ${file.replace(/\.txt$/, "")} wrote`, async () => {
      const [service = "", container = ""] = file.split(".");
      const lines = readFileSync(join(FOLDER, file), "utf8").trimEnd().split("\n");
      const from = { ...pod, service, container, component: service };
      const entries = await digest(
        program,
        lines.map((line) => ({ line, labels: from })),
      );
      assert.ok(entries.length > 0 && entries.length <= lines.length);
      // Whoever writes no level is heard, too: an agent's author, and what was never caught.
      const unsaid = entries.filter(({ labels }) => labels.level === "unknown");
      const saying = /^\{|^[IWEF]\d{4} |level=|\b(?:LOG|INFO|ERROR|WARN|FATAL|WARNING):/;
      assert.deepEqual(
        unsaid.filter(({ line }) => saying.test(line)),
        [],
      );
      for (const entry of entries) {
        assert.deepEqual(Object.keys(entry.labels).toSorted(), labels.toSorted());
        assert.equal(entry.metadata?.pod, pod.pod);
      }
    });
  }

  it("index few things, and keep the trace and the pod beside the line", async () => {
    const line = JSON.stringify({
      ...{ time: "2026-11-23T01:02:03.456Z", level: "warn", component: "runtime", msg: "late" },
      ...{ trace_id: TRACE, span_id: "00f067aa0ba902b7" },
    });
    const entry = await only(line);
    assert.equal(entry.line, line);
    assert.deepEqual(entry.labels, {
      ...{ namespace: "mcp-mesh", service: "agent", component: "agent", level: "warn" },
    });
    assert.deepEqual(Object.keys(entry.metadata ?? {}).toSorted(), metadata.toSorted());
    assert.equal(entry.metadata?.trace_id, TRACE);
  });

  const said: [string, string][] = [
    ['{"time":"2026-11-23T01:02:03.456Z","level":"error","msg":"x"}', "error"],
    ['{"level":30,"time":1700000000000,"msg":"pino"}', "info"],
    ['{"timestamp":"2026-11-23 01:02:03.456 UTC","error_severity":"FATAL","message":"x"}', "error"],
    ['{"time":"2026-11-23T01:02:03Z","level":"WARN","source":"main.go:1","msg":"slog"}', "warn"],
    ["2026-11-23 01:02:03.456 UTC [12] LOG:  database system is ready", "info"],
    ["2026-11-23 01:02:03.456 UTC [12] registry@registry ERROR:  duplicate key", "error"],
    ["2026-11-23 01:02:03.456 P00   WARN: no prior backup exists", "warn"],
    ["I1123 01:02:03.123456       1 server.go:73] Started", "info"],
    ["E1123 01:02:03.123456       1 reflector.go:1] failed", "error"],
    ['ts=2026-11-23T01:02:03.123Z caller=main.go:1 level=debug msg="x y"', "debug"],
    ["Starting the server on port 3001", "unknown"],
    ["{ not JSON at all", "unknown"],
  ];
  for (const [line, level] of said) {
    it(`take ${line.slice(0, 60)} for ${level}`, async () => {
      assert.equal(await levelOf(line), level);
    });
  }

  it("keep a stack trace together, and know it for an error", async () => {
    const trace = [
      "TypeError: x is not a function",
      "    at f (/app/agent.mjs:1:2)",
      "  code: 7",
      "}",
    ];
    const entry = await only(...trace);
    assert.equal(entry.line, trace.join("\n"));
    assert.equal(entry.labels.level, "error");
  });

  it("leave probes out that succeeded, and no others", async () => {
    const lines = [
      '10.0.0.1 - - "GET /ready HTTP/1.1" 200 2',
      '10.0.0.1 - - "GET /ready HTTP/1.1" 503 2',
      '10.0.0.1 - - "POST /mcp HTTP/1.1" 200 2',
      '{"level":"info","msg":"request","method":"GET","path":"/metrics","status":200}',
      '{"level":"info","msg":"request","method":"GET","path":"/metrics","status":500}',
    ];
    const kept = (await read(...lines)).map(({ line }) => line);
    assert.deepEqual(kept.toSorted(), [lines[1], lines[2], lines[4]].toSorted());
  });

  const secrets: [string, string][] = [
    ["Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"],
    [`token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl`, "eyJhbGciOiJIUzI1NiJ9"],
    ["connecting to postgres://registry:hunter2@postgres:5432/registry", "hunter2"],
    ['{"level":"info","msg":"login","password":"hunter2"}', "hunter2"],
    ['{"level":"info","msg":"x","client_secret":"hun\\"ter2"}', "ter2"],
    ["GET /callback?code=1&access_token=hunter2 302", "hunter2"],
    ["aws AKIAIOSFODNN7EXAMPLE said no", "AKIAIOSFODNN7EXAMPLE"],
    ["mail to ada.lovelace@example.org failed", "ada.lovelace"],
    ["-----BEGIN PRIVATE KEY-----MIIEvQ-----END PRIVATE KEY-----", "MIIEvQ"],
  ];
  for (const [line, secret] of secrets) {
    it(`let nobody read the secret in ${line.slice(0, 40)}`, async () => {
      const [first, second] = await read(line, line);
      for (const entry of [first, second]) {
        assert.ok(entry && !entry.line.includes(secret), entry?.line);
        assert.match(entry.line, /<[a-z ]+>/);
      }
    });
  }

  it("leave what only looks like a secret", async () => {
    const harmless = '{"level":"info","msg":"tokens counted","tokens":42,"path":"/a?page=2"}';
    assert.equal((await only(harmless)).line, harmless);
  });
});
