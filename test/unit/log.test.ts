import assert from "node:assert/strict";
import { correlateLogs, createLog, reason } from "#packages/mcp-mesh/src/log";

describe("A log line", () => {
  afterEach(() => correlateLogs(() => undefined));

  const written = (work: (log: ReturnType<typeof createLog>) => void) => {
    const lines: string[] = [];
    work(createLog("registry", "info", (line) => lines.push(line)));
    return lines;
  };

  it("is one JSON object of which the first fields are always the same", () => {
    const [line = ""] = written((log) => log.info("registered", { agent_id: "a\nb" }));
    assert.match(line, /^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info",/);
    assert.ok(
      line.endsWith('"component":"registry","msg":"registered","agent_id":"a\\nb"}\n'),
      line,
    );
  });

  it("keeps its own names from the fields of an event", () => {
    const fields = { level: "loud", msg: "another", component: "x", time: 0, status: 503 };
    const [line = ""] = written((log) => log.warn("refused", fields));
    const { time, ...rest } = JSON.parse(line);
    assert.ok(Date.parse(time) > 0);
    assert.deepEqual(rest, { level: "warn", component: "registry", msg: "refused", status: 503 });
  });

  it("names the span that it is written in, and none outside", () => {
    const span = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" };
    const lines = written((log) => {
      log.error("outside");
      correlateLogs(() => span);
      log.error("inside");
    }).map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ trace_id, span_id }) => ({ trace_id, span_id })),
      [{ trace_id: undefined, span_id: undefined }, span],
    );
  });

  it("is left out below the threshold", () => {
    assert.deepEqual(
      written((log) => log.debug("detail")),
      [],
    );
  });
});

describe("The reason of a failure", () => {
  it("has all the causes behind it", () => {
    const refused = Object.assign(new AggregateError([new Error("no ::1"), new Error("no 127")]));
    assert.equal(
      reason(new Error("fetch failed", { cause: refused })),
      "fetch failed: no ::1; no 127",
    );
    assert.equal(reason("thrown text"), "thrown text");
  });
});
