import assert from "node:assert/strict";
import { admit, explain, follow, type Procedure, type Step } from "#operate/procedure";

/** Steps that note in `log` what was run, and are done once they ran. */
function procedure(log: string[], more: Partial<Procedure> = {}): Procedure {
  const step = (title: string): Step => ({
    title,
    done: async () => log.includes(title),
    run: async () => void log.push(title),
  });
  return {
    name: "mend",
    what: "mends it",
    safe: "it looks first.",
    rto: "a minute",
    rpo: "nothing",
    refusals: async () => [],
    steps: [step("Stop it"), step("Mend it"), step("Start it")],
    ...more,
  };
}

describe("a procedure", () => {
  let said: string[];
  const say = (line: string) => void said.push(line);
  beforeEach(() => {
    said = [];
  });

  it("goes on, when it is run again, with the first step that is not done", async () => {
    const log = ["Stop it"];
    await follow(procedure(log), say);
    assert.deepEqual(log, ["Stop it", "Mend it", "Start it"]);
    assert.equal(said[0], "1/3 Stop it: done already");
    assert.match(said.join("\n"), /2\/3 Mend it: done in/);
  });

  it("ends at a step that has no effect, and says how to go on", async () => {
    const log: string[] = [];
    const idle = { title: "Mend it", done: async () => false, run: async () => {} };
    const [stop, , start] = procedure(log).steps;
    await assert.rejects(
      follow(procedure(log, { steps: [stop!, idle, start!] }), say),
      /"Mend it" ended, but the cluster doesn't show it\. Run the same command again/,
    );
    assert.deepEqual(log, ["Stop it"]);
  });

  it("is refused with all reasons at once", async () => {
    const refusals = async () => ["it runs: stop it.", "there is no backup: take one."];
    await assert.rejects(admit(procedure([], { refusals })), {
      message:
        "Nothing was changed: it is refused, because\n  - it runs: stop it.\n  - there is no backup: take one.",
    });
  });

  it("explains itself without a change, also where no cluster answers", async () => {
    const log: string[] = [];
    const refusals = async () => Promise.reject(new Error("connection refused"));
    await explain(procedure(log, { refusals }), say);
    assert.deepEqual(log, []);
    const text = said.join("\n");
    for (const part of ["2. Mend it", "safe: it looks first", "(RTO): a minute", "(RPO): nothing"])
      assert.ok(text.includes(part), part);
    assert.match(text, /could not be asked \(connection refused\)/);
  });
});
