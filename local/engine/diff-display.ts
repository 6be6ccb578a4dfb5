import { TextDisplay } from "#local/engine/display";
import type { Step } from "#local/engine/events";
import { displayType, opWords, showValue } from "#local/engine/format";
import { differences } from "#local/engine/plan";
import { isDefaultProvider } from "#local/engine/state";
import { isProps, type Props, Secret, type Value } from "#local/engine/value";

/** The display of `--diff`: every change in full, under what it belongs to. */
export class DiffDisplay extends TextDisplay {
  private readonly depths = new Map<string, number>();

  override begin(step: Step): void {
    this.place(step);
    if (this.options.preview || step.op === "same") return;
    this.tell(step);
  }

  override end(step: Step, seconds: number): void {
    const parts = ["same", "create-replacement", "delete-replaced"];
    if (!this.options.preview) super.end(step, seconds);
    else if (!parts.includes(step.op)) this.tell(step);
  }

  private place(step: Step): number {
    const parent = (step.next ?? step.old)?.parent;
    const depth = parent === undefined ? 0 : (this.depths.get(parent) ?? 0) + 1;
    this.depths.set(step.urn, depth);
    return depth;
  }

  private tell(step: Step): void {
    if (isDefaultProvider(step)) return;
    const { op, urn, type, old, next } = step;
    const pad = " ".repeat(this.place(step) * 4);
    const { mark, plan } = opWords(op);
    this.line(`${pad}${mark}${displayType(type)}: (${plan})`);
    const resource = old ?? next;
    const id = old?.id;
    if (id) this.line(`${pad}    [id=${id}]`);
    this.line(`${pad}    [urn=${urn}]`);
    if (resource?.provider) this.line(`${pad}    [provider=${resource.provider}]`);
    const indent = pad.length + 4;
    const compared = old !== undefined && next !== undefined;
    if (compared) this.lines(changes(old.inputs, next.inputs, indent));
    else if (resource !== undefined) this.lines(properties(resource.inputs, indent));
  }

  private lines(lines: readonly string[]): void {
    for (const line of lines) this.line(line);
  }
}

function properties(props: Props, indent: number): string[] {
  const keys = Object.keys(props).sort();
  const width = Math.max(0, ...keys.map((key) => key.length));
  return keys.map(
    (key) => `${" ".repeat(indent)}${key.padEnd(width)}: ${showValue(props[key], indent)}`,
  );
}

/** The properties that differ, down to where they do. */
function changes(olds: Props, news: Props, indent: number): string[] {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  const pad = " ".repeat(indent - 2);
  return keys
    .filter((key) => differences(olds[key], news[key]).length > 0)
    .flatMap((key) => change(key, olds[key], news[key], pad, indent));
}

function change(
  key: string,
  was: Value | undefined,
  now: Value | undefined,
  pad: string,
  indent: number,
) {
  if (was === undefined) return [`${pad}+ ${key}: ${showValue(now, indent)}`];
  if (now === undefined) return [`${pad}- ${key}: ${showValue(was, indent)}`];
  const secret = was instanceof Secret || now instanceof Secret;
  if (!secret && isProps(was) && isProps(now)) {
    return [`${pad}~ ${key}: {`, ...changes(was, now, indent + 4), `${pad}  }`];
  }
  return [`${pad}~ ${key}: ${showValue(was, indent)} => ${showValue(now, indent)}`];
}
