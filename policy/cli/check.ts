import { verdict } from "#cli/judge";
import { judgeSources } from "#cli/pool";
import { ruleCalled } from "#cli/rule-called";
import { asSarif } from "#cli/sarif";
import { asJsonLines, asText } from "#cli/text";
import { type Plan, plan } from "#model/levels";
import { filesIn, sourcesIn, textOf } from "#model/manifests";
import { rules } from "#rules/all";

export interface CheckOptions {
  stack?: string;
  /** Ids or names, with commas between them; else every rule. */
  rules?: string;
  all: boolean;
  partial: boolean;
  format: "text" | "json" | "sarif";
}

/** `policy check`: what to print, and the exit code. */
export async function check(
  paths: readonly string[],
  { stack, rules: only, all, partial, format }: CheckOptions,
): Promise<{ output: string; exitCode: 0 | 1 }> {
  const chosen = only?.split(",").map((called) => ruleCalled(rules, called.trim()));
  const plans = plan(rules, stack).filter(({ rule }) => chosen?.includes(rule) ?? true);
  const active = activeOf(plans, all);
  const files = [...new Set(paths.flatMap(filesIn))];
  const texts = new Map(files.map((file) => [file, textOf(file)]));
  const sources = [...texts].flatMap(([file, text]) => sourcesIn(file, text));
  const progress = meter(sources.length);
  const judged = await judgeSources({
    sources,
    texts,
    plans: active,
    whole: !partial,
    progress: progress.at,
  });
  progress.end();
  const result = verdict(judged, active, !partial);
  const { findings } = result;
  const configuration = stack && `policy/config.${stack}.json`;
  const output = {
    text: () => asText(result, { objects: judged.length, files: files.length }),
    json: () => asJsonLines(result),
    sarif: () => asSarif({ plans, findings, texts, configuration }),
  }[format]();
  return { output, exitCode: findings.some(({ level }) => level === "mandatory") ? 1 : 0 };
}

/** What is to be judged; with `all` the disabled rules too, as advisory ones. */
export function activeOf(plans: readonly Plan[], all: boolean): Plan[] {
  return plans
    .filter(({ level }) => all || level !== "disabled")
    .map((each): Plan => (each.level === "disabled" ? { ...each, level: "advisory" } : each));
}

/** Says on a terminal how far long work is. */
function meter(total: number): { at(done: number): void; end(): void } {
  const { stderr } = process;
  const started = performance.now();
  let shown = false;
  return {
    at(done) {
      if (!stderr.isTTY || performance.now() - started < 1000) return;
      shown = true;
      stderr.write(`\r${done} of ${total} documents`);
    },
    end() {
      if (shown) stderr.write("\r\u001b[K");
    },
  };
}
