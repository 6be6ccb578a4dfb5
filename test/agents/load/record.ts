/** What all calls of a load came to. */
export interface Result {
  via: string;
  made: number;
  failed: number;
  /** Calls answered in a second, and the milliseconds that they took. */
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  most: number;
  /** Processor time of the caller for one call, in µs. */
  processorUs: number;
  /** Resident memory of the caller, in MiB. */
  memoryMiB: number;
}

export interface Failure {
  at: string;
  failed: string;
  /** How long the caller had waited, in ms. */
  after: number;
}

const at = (sorted: number[], part: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
const rounded = (value: number) => Math.round(value * 100) / 100;

/** Keeps the time of each call. */
export class Record {
  readonly #times: number[] = [];
  readonly #started = performance.now();
  readonly #processor = process.cpuUsage();
  #failed = 0;
  #seen = 0;

  answered(ms: number): void {
    this.#times.push(ms);
  }

  failed(error: unknown, ms: number): Failure {
    this.#failed++;
    return { at: new Date().toISOString(), failed: explain(error), after: Math.round(ms) };
  }

  /** The calls so far, and the longest of those since it was asked last. */
  second() {
    const times = this.#times.slice(this.#seen);
    this.#seen = this.#times.length;
    const most = rounded(times.reduce((a, b) => Math.max(a, b), 0));
    return { at: new Date().toISOString(), made: this.#seen + this.#failed, most };
  }

  all(): Omit<Result, "via"> {
    const sorted = this.#times.toSorted((a, b) => a - b);
    const { user, system } = process.cpuUsage(this.#processor);
    const made = sorted.length + this.#failed;
    return {
      made,
      failed: this.#failed,
      perSecond: rounded((1000 * sorted.length) / (performance.now() - this.#started)),
      p50: rounded(at(sorted, 0.5)),
      p95: rounded(at(sorted, 0.95)),
      p99: rounded(at(sorted, 0.99)),
      most: rounded(sorted.at(-1) ?? 0),
      processorUs: Math.round((user + system) / Math.max(1, made)),
      memoryMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    };
  }
}

/** An error's message with its causes', because `fetch failed` alone helps nobody. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const words = error.message || String(code ?? error.name);
  return error.cause === undefined ? words : `${words}: ${explain(error.cause)}`;
}
