import { stripVTControlCharacters } from "node:util";
import type { Listener, Outcome, Severity, Step, Violation } from "#local/engine/events";
import {
  duration,
  label,
  opWords,
  outputsBlock,
  policiesBlock,
  summary,
} from "#local/engine/format";
import type { Kind } from "#local/engine/operation";
import { changedKeys } from "#local/engine/plan";
import { isDefaultProvider } from "#local/engine/state";

export interface DisplayOptions {
  kind: Kind;
  preview: boolean;
  stack: string;
  /** The URN of the stack's own resource, which messages without a resource belong to. */
  stackUrn: string;
  showSecrets: boolean;
  write: (text: string) => void;
}

interface Message {
  urn: string;
  severity: Severity;
  text: string;
}

const TITLES = {
  update: ["Previewing update", "Updating"],
  refresh: ["Previewing refresh", "Refreshing"],
  destroy: ["Previewing destroy", "Destroying"],
} as const;

/** What every text display has in common: the title and the blocks at the end. */
export class TextDisplay implements Listener {
  protected readonly options: DisplayOptions;
  protected readonly violations: Violation[] = [];
  protected readonly messages: Message[] = [];
  protected errors = 0;
  private readonly told = new Map<Step, Set<string>>();

  constructor(options: DisplayOptions) {
    this.options = options;
    const title = TITLES[options.kind][options.preview ? 0 : 1];
    this.line(`${title} (${options.stack}):\n`);
  }

  begin(step: Step): void {
    if (this.options.preview || step.op === "same" || isDefaultProvider(step)) return;
    this.line(this.stepLine(step, `${opWords(step.op).doing} (0s)`));
  }

  status(step: Step, line: string): void {
    // What comes and goes, like a pull that is tried again, is told once.
    const told = this.told.get(step) ?? new Set();
    if (told.has(line)) return;
    this.told.set(step, told.add(line));
    this.line(`${this.stepLine(step, opWords(step.op).doing)} ${line}`);
  }

  end(step: Step, seconds: number): void {
    if (isDefaultProvider(step)) return;
    const { plan, done } = opWords(step.op);
    if (step.op === "same") return;
    const words = this.options.preview ? plan : `${done} (${duration(seconds)})`;
    this.line(this.stepLine(step, words));
  }

  fail(step: Step, reason: string): void {
    this.errors += 1;
    const { plan, doing } = opWords(step.op);
    const [first] = reason.split("\n");
    const words = `${this.options.preview ? plan : doing} error: ${first}`;
    this.line(this.stepLine(step, words));
    this.messages.push({ urn: step.urn, severity: "error", text: reason });
  }

  message(urn: string | undefined, severity: Severity, coloured: string): void {
    const text = stripVTControlCharacters(coloured);
    const known = urn ?? this.options.stackUrn;
    const prefix = severity === "info" ? "" : `${severity}: `;
    for (const line of text.split("\n")) this.line(`    ${urnLabel(known)} ${prefix}${line}`);
    this.messages.push({ urn: known, severity, text });
  }

  violation(violation: Violation): void {
    this.violations.push(violation);
  }

  note(line: string): void {
    this.line(line);
  }

  finish(outcome: Outcome): void {
    const { preview, kind, showSecrets } = this.options;
    const failed = outcome.result !== "succeeded";
    const refused = this.violations.some(({ level }) => level === "mandatory");
    if (failed && (preview || !refused)) this.tellFailure(outcome);
    this.block(policiesBlock(outcome, this.violations));
    if (!(refused && !preview)) this.block(this.diagnostics());
    if (kind !== "destroy" && !failed) {
      this.block(outputsBlock(outcome.outputs, preview, showSecrets));
    }
    const lines = summary(outcome, preview, this.errors);
    if (!failed || !preview) this.block(lines);
    if (!preview) this.line(`Duration: ${duration(Math.max(1, outcome.seconds))}`);
  }

  protected line(text: string): void {
    this.options.write(`${text}\n`);
  }

  protected stepLine(step: Step, words: string): string {
    const changed = step.diff === undefined ? "" : changedKeys(step.diff);
    const diff = changed === "" ? "" : ` [diff: ${changed}]`;
    return ` ${opWords(step.op).mark} ${label(step.type, step.urn)} ${words}${diff}`;
  }

  private tellFailure(outcome: Outcome): void {
    const { preview, kind, stackUrn } = this.options;
    const how = outcome.result === "canceled" ? "canceled" : "failed";
    const text = `${preview ? "preview" : kind} ${how}`;
    this.messages.push({ urn: stackUrn, severity: "error", text });
  }

  /** Messages by resource, as the CLI lists them at the end. */
  private diagnostics(): string[] {
    if (this.messages.length === 0) return [];
    const lines = ["Diagnostics:"];
    for (const urn of new Set(this.messages.map((m) => m.urn))) {
      const [type, name] = urnLabel(urn).split(" ");
      lines.push(`  ${type} (${name}):`);
      for (const message of this.messages.filter((m) => m.urn === urn)) {
        const prefix = message.severity === "info" ? "" : `${message.severity}: `;
        lines.push(...`${prefix}${message.text}`.split("\n").map((line) => `    ${line}`));
      }
      lines.push("");
    }
    return lines.slice(0, -1);
  }

  private block(lines: readonly string[]): void {
    if (lines.length > 0) this.line(`${lines.join("\n")}\n`);
  }
}

function urnLabel(urn: string): string {
  return label(urn.split("::")[2]?.split("$").at(-1) ?? "", urn);
}
