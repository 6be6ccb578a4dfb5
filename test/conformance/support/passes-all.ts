import assert from "node:assert/strict";
import type { Verdict } from "#test/conformance/support/examine";
import { type Exam, legacy, modern, stable } from "#test/conformance/support/exams";

const exams = { "0.1.16": stable, "2025-11-25": legacy, "2026-07-28": modern };

/**
 * Makes a test of each exam: every scenario passes, without a warning. They run at once as soon as
 * `begin` has made the server, because most of their time they wait.
 */
export function passesAll(
  begin: () => Promise<void>,
  examine: (exam: Exam) => Promise<Verdict>,
): void {
  const verdicts = new Map<string, Promise<Verdict>>();
  before(async () => {
    await begin();
    for (const [name, exam] of Object.entries(exams)) {
      const verdict = examine(exam);
      verdict.catch(() => {});
      verdicts.set(name, verdict);
    }
  });
  for (const name of Object.keys(exams)) {
    it(`passes ${name} with every scenario and no warning`, async () => {
      const verdict = await verdicts.get(name);
      assert.deepEqual(
        { faults: verdict?.faults, warnings: verdict?.warnings },
        { faults: [], warnings: [] },
      );
    });
  }
}
