import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { stringify } from "yaml";
import { placeholders } from "#observability/rules/model";
import { NAMESPACE, type Situation } from "#test/observability/cases/case";
import { ruleFiles } from "#test/observability/catalogue";
import { monitoringTools } from "#test/observability/tools";
import { type Outcome, run } from "#test/support/project";

/** What stands for the chart's words in the rules under test. */
export const links = { runbooks: "https://books", dashboards: "https://boards" };

/** What a situation leads to: alerts that fire, or the results of expressions. */
export type Expected =
  | { alert: string; fire: { exp_labels: object; exp_annotations: object }[] }
  | { expr: string; gives: { labels: string; value: number }[] };

/** Debian's promtool, with the chart's rules as a stack in `NAMESPACE` has them. */
export class Promtool {
  readonly folder = mkdtempSync(join(tmpdir(), "mcp-mesh-rules-"));
  readonly files: string[];
  readonly program: string;

  private constructor(program: string) {
    this.program = program;
    this.files = ruleFiles().map((path) => {
      const text = readFileSync(path, "utf8")
        .replaceAll(placeholders.namespace, NAMESPACE)
        .replaceAll(placeholders.runbooks, links.runbooks)
        .replaceAll(placeholders.dashboards, links.dashboards);
      const copy = join(this.folder, basename(path));
      writeFileSync(copy, text);
      return copy;
    });
  }

  static async start(): Promise<Promtool> {
    return new Promtool((await monitoringTools()).promtool);
  }

  check(): Promise<Outcome> {
    return run(this.program, ["check", "rules", "--lint-fatal", ...this.files]);
  }

  /** Evaluates one rule file, or all of them, over the series of a situation. */
  test({ series, at, every = "15s" }: Situation, expected: Expected, file?: string) {
    const test = {
      interval: every,
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      ...("alert" in expected
        ? {
            alert_rule_test: [
              { eval_time: at, alertname: expected.alert, exp_alerts: expected.fire },
            ],
          }
        : {
            promql_expr_test: [{ expr: expected.expr, eval_time: at, exp_samples: expected.gives }],
          }),
    };
    const path = join(this.folder, "test.json");
    const rule_files = file ? [file] : this.files;
    writeFileSync(path, stringify({ rule_files, evaluation_interval: every, tests: [test] }));
    return run(this.program, ["test", "rules", path]);
  }

  stop(): void {
    rmSync(this.folder, { recursive: true });
  }
}
