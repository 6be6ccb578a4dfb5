import { TextDisplay } from "#local/engine/display";
import type { Outcome, Step } from "#local/engine/events";
import { duration, label, opWords } from "#local/engine/format";
import { isDefaultProvider } from "#local/engine/state";

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const COLOURS: Record<string, number> = { "+": 32, "~": 33, "-": 31, ">": 36 };

/** The display for a terminal: what is done scrolls by, what is being done moves below it. */
export class LiveDisplay extends TextDisplay {
  private readonly rows = new Map<Step, { since: number; status: string }>();
  private drawn = 0;
  private frame = 0;
  private readonly timer = setInterval(() => this.redraw(), 125).unref();

  override begin(step: Step): void {
    if (this.options.preview || step.op === "same" || isDefaultProvider(step)) return;
    this.rows.set(step, { since: performance.now(), status: "" });
    this.redraw();
  }

  override status(step: Step, line: string): void {
    const row = this.rows.get(step);
    if (row !== undefined) row.status = line;
  }

  override end(step: Step, seconds: number): void {
    this.rows.delete(step);
    super.end(step, seconds);
  }

  override fail(step: Step, reason: string): void {
    this.rows.delete(step);
    super.fail(step, reason);
  }

  override finish(outcome: Outcome): void {
    clearInterval(this.timer);
    this.rows.clear();
    super.finish(outcome);
  }

  protected override line(text: string): void {
    this.erase();
    super.line(text);
    this.draw();
  }

  protected override stepLine(step: Step, words: string): string {
    const { mark } = opWords(step.op);
    const colour = COLOURS[mark[0] ?? ""] ?? 0;
    return `\x1b[${colour}m${super.stepLine(step, words)}\x1b[0m`;
  }

  private redraw(): void {
    this.frame += 1;
    this.erase();
    this.draw();
  }

  private erase(): void {
    if (this.drawn > 0) this.options.write(`\x1b[${this.drawn}A\x1b[J`);
    this.drawn = 0;
  }

  private draw(): void {
    // The base class writes its title before this class has its fields.
    if (this.rows === undefined) return;
    const { columns = 100, rows: height = 24 } = process.stdout;
    const spinner = FRAMES[this.frame % FRAMES.length];
    const shown = [...this.rows].slice(0, Math.max(1, height - 2));
    for (const [step, { since, status }] of shown) {
      const seconds = duration((performance.now() - since) / 1000);
      const text = `${spinner} ${label(step.type, step.urn)} ${opWords(step.op).doing} (${seconds}) ${status}`;
      this.options.write(`${text.slice(0, columns - 1)}\n`);
    }
    this.drawn = shown.length;
  }
}
