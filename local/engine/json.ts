import { encodeResource } from "#local/engine/checkpoint";
import type { Listener, Outcome, Severity, Step, Violation } from "#local/engine/events";
import { policiesBlock } from "#local/engine/format";
import type { Config } from "#local/engine/project";
import { isDefaultProvider, isStack, type Resource } from "#local/engine/state";
import type { Wire } from "#local/engine/wire";

/** The CLI's `preview --json` document. What is not part of it goes to standard error. */
export class JsonDisplay implements Listener {
  private readonly config: Config;
  private readonly write: (text: string) => void;
  private readonly steps: { [key: string]: Wire }[] = [];
  private readonly diagnostics: { [key: string]: Wire }[] = [];
  private readonly violations: Violation[] = [];

  constructor(config: Config, write: (text: string) => void) {
    this.config = config;
    this.write = write;
  }

  begin(step: Step): void {
    // Of what stays the same, the CLI lists the stack alone.
    if (step.op === "same" && isStack(step)) this.add(step);
  }

  end(step: Step): void {
    // The CLI lists a replacement as one step.
    const silent = ["same", "create-replacement", "delete-replaced"].includes(step.op);
    if (!silent && !isDefaultProvider(step)) this.add(step);
  }

  fail(step: Step, reason: string): void {
    this.message(step.urn, "error", reason);
  }

  message(urn: string | undefined, severity: Severity, text: string): void {
    this.diagnostics.push({ ...(urn && { urn }), message: text, severity });
  }

  violation(violation: Violation): void {
    this.violations.push(violation);
  }

  status(): void {}
  note(): void {}

  finish(outcome: Outcome): void {
    const failed = outcome.result !== "succeeded";
    if (failed) this.diagnostics.push({ message: "preview failed", severity: "error" });
    const config = [...this.config].sort(([a], [b]) => (a < b ? -1 : 1));
    const document = {
      config: Object.fromEntries(
        config.map(([key, { text, secret }]) => [key, secret ? "[secret]" : text]),
      ),
      steps: this.steps,
      ...(this.diagnostics.length > 0 && { diagnostics: this.diagnostics }),
      duration: Math.round(outcome.seconds * 1e9),
      changeSummary: Object.fromEntries(Object.entries(outcome.counts).sort()),
    };
    this.write(`${JSON.stringify(document, undefined, 4)}\n`);
    if (this.violations.length > 0) {
      process.stderr.write(`${policiesBlock(outcome, this.violations).join("\n")}\n`);
    }
  }

  private add(step: Step): void {
    const { op, urn, old, next, diff } = step;
    const detailed = next?.custom === false || diff === undefined ? {} : diff.detailed;
    const provider = (next ?? old)?.provider;
    this.steps.push({
      op,
      urn,
      ...(provider && { provider }),
      ...(old && { oldState: describe(old) }),
      ...(next && { newState: describe(foreseen(op, next)) }),
      ...(diff && diff.replaceKeys.length > 0 && { replaceReasons: diff.replaceKeys }),
      detailedDiff: Object.keys(detailed).length > 0 ? detailed : null,
    } as { [key: string]: Wire });
  }
}

/** The CLI shows what a preview knows of outputs only where a resource is replaced. */
function foreseen(op: Step["op"], next: Resource): Resource {
  if (op === "replace") return next;
  const { id: _id, created, modified, ...rest } = next;
  return op === "create" ? { ...rest, outputs: {} } : { ...rest, created, modified, outputs: {} };
}

const describe = (resource: Resource) => encodeResource(resource, "hidden");
