import type { Op, Outcome, Violation } from "#local/engine/events";
import { nameOf } from "#local/engine/state";
import { isProps, Secret, sameValue, Unknown, type Value } from "#local/engine/value";
import { toWire } from "#local/engine/wire";

/** The type as the CLI shows it: `random:index/randomId:RandomId` is `random:index:RandomId`. */
export function displayType(type: string): string {
  const [pkg, module = "", name = ""] = type.split(":");
  const at = module.lastIndexOf("/");
  const camel = name.charAt(0).toLowerCase() + name.slice(1);
  return at >= 0 && module.slice(at + 1) === camel ? `${pkg}:${module.slice(0, at)}:${name}` : type;
}

/** A resource as a line of the display names it. */
export const label = (type: string, urn: string): string => `${displayType(type)} ${nameOf(urn)}`;

/** Of each operation: its mark, and its words before, while and after it is done. */
const OPS: Record<Op, [mark: string, plan: string, doing: string, done: string]> = {
  same: ["  ", "", "", ""],
  create: ["+ ", "create", "creating", "created"],
  update: ["~ ", "update", "updating", "updated"],
  delete: ["- ", "delete", "deleting", "deleted"],
  replace: ["+-", "replace", "replacing", "replaced"],
  "create-replacement": ["++", "create replacement", "creating replacement", "created replacement"],
  "delete-replaced": ["--", "delete original", "deleting original", "deleted original"],
  read: ["> ", "read", "reading", "read"],
  discard: ["< ", "discard", "discarding", "discarded"],
  refresh: ["~ ", "refresh", "refreshing", "refreshed"],
};
export const opWords = (op: Op) => {
  const [mark, plan, doing, done] = OPS[op];
  return { mark, plan, doing, done };
};

/** Seconds as the CLI shows them. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)}s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${whole % 60}s`;
}

const COUNTED: Op[] = ["create", "update", "delete", "replace"];

/** How many resources an operation touched. */
export const changesIn = ({ counts }: Outcome): number =>
  COUNTED.reduce((sum, op) => sum + (counts[op] ?? 0), 0);

/** The `Resources:` block. */
export function summary(outcome: Outcome, preview: boolean, errors: number): string[] {
  const { counts } = outcome;
  const kinds = COUNTED.filter((op) => (counts[op] ?? 0) > 0);
  const lines = kinds.map((op) => {
    const { mark, plan, done } = opWords(op);
    return `    ${mark}${counts[op]} ${preview ? `to ${plan}` : done}`;
  });
  if (errors > 0 && !preview) lines.push(`    ${errors} errored`);
  const rest: string[] = [];
  if (kinds.length > 1) rest.push(`${changesIn(outcome)} changes`);
  if (counts.same) rest.push(`${counts.same} unchanged`);
  if (rest.length > 0) lines.push(`    ${rest.join(". ")}`);
  return lines.length === 0 ? [] : ["Resources:", ...lines];
}

/** The `Outputs:` block: what the stack's outputs are, and what they were. */
export function outputsBlock(
  { before, after, fresh }: Outcome["outputs"],
  changedOnly: boolean,
  show: boolean,
): string[] {
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const keys = changedOnly ? all.filter((key) => !sameValue(before[key], after[key])) : all;
  if (keys.length === 0) return [];
  const width = Math.max(...keys.map((key) => key.length));
  const lines = keys.map((key) => {
    const [was, now] = [before[key], after[key]];
    const head = key.padEnd(width);
    const text = showValue(now ?? was, 4, show);
    if (now === undefined) return `  - ${head}: ${text}`;
    if (was === undefined) return `  ${fresh ? " " : "+"} ${head}: ${text}`;
    if (sameValue(was, now)) return `    ${head}: ${text}`;
    return `  ~ ${head}: ${showValue(was, 4, show)} => ${text}`;
  });
  return ["Outputs:", ...lines];
}

/** A value as text, its inner lines indented; secrets hidden unless `show`. */
export function showValue(value: Value | undefined, indent: number, show = false): string {
  const inner = " ".repeat(indent + 4);
  if (value instanceof Secret) return show ? showValue(value.value, indent, show) : "[secret]";
  if (value === undefined || value instanceof Unknown) return "[unknown]";
  if (value === null) return "<null>";
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    const items = value.map((item, i) => `${inner}[${i}]: ${showValue(item, indent + 4, show)}`);
    return `[\n${items.join("\n")}\n${" ".repeat(indent)}]`;
  }
  if (!isProps(value)) return JSON.stringify(toWire(value));
  const keys = Object.keys(value).sort();
  if (keys.length === 0) return "{}";
  const width = Math.max(...keys.map((key) => key.length));
  const items = keys.map(
    (key) => `${inner}${key.padEnd(width)}: ${showValue(value[key], indent + 4, show)}`,
  );
  return `{\n${items.join("\n")}\n${" ".repeat(indent)}}`;
}

/** The `Policies:` block. */
export function policiesBlock(outcome: Outcome, violations: readonly Violation[]): string[] {
  if (outcome.packs.length === 0) return [];
  const lines = ["Policies:"];
  for (const { name, version, path } of outcome.packs) {
    const found = violations.filter(({ pack }) => pack === name);
    const mandatory = found.some(({ level }) => level === "mandatory");
    const mark = mandatory ? "❌" : found.length > 0 ? "⚠️" : "✅";
    lines.push(`    ${mark} ${name}@v${version} (local: ${path})`);
    for (const { level, severity, policy, urn, message } of found) {
      const grade = severity === "" ? "" : ` [severity: ${severity}]`;
      const where = urn === "" ? "" : `  (${violationLabel(urn)})`;
      lines.push(`        - [${level}]${grade}  ${policy}${where}`);
      lines.push(...message.split("\n").map((line) => `          ${line}`));
    }
  }
  return lines;
}

function violationLabel(urn: string): string {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  return `${displayType(type)}: ${nameOf(urn)}`;
}
