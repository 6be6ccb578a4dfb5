import { type HealthCheck, healthChecks } from "mcp-mesh-types";
import { reason } from "../log.ts";
import { healthCheckPassed } from "../metrics.ts";

/** How long a check may take. */
const DEADLINE_MS = 2_000;

/** A reason is for a log line and a probe's event, of which Kubernetes keeps but the beginning. */
const MAX_REASON = 200;

/** After how many deadlines one that hangs is given another try, at first and at most. */
const RETRY_AFTER = 5;
const RETRY_AT_MOST = 150;

/** A check that has not come back, whether somebody still waits for it or not. */
interface Outstanding {
  since: number;
  retryAt: number;
  /** How many tries hang. */
  tries: number;
}

/** Runs the checks that an agent brings, all at once and each within a deadline. */
export class Checks {
  readonly #deadlineMs: number;
  readonly #out = new Map<HealthCheck, Outstanding>();
  #known = new Set<string>();

  constructor(deadlineMs = DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
  }

  /** One round; resolves to what is wrong by the checks' names and reasons, or undefined. */
  async round(): Promise<string | undefined> {
    const checks = [...healthChecks()];
    const problems = await Promise.all(checks.map(([name, check]) => this.#judge(name, check)));
    this.#forget(checks);
    return problems.filter((problem) => problem !== undefined).join("; ") || undefined;
  }

  async #judge(name: string, check: HealthCheck): Promise<string | undefined> {
    const why = await this.#run(check);
    healthCheckPassed.set({ check: name }, why === undefined ? 1 : 0);
    return why === undefined ? undefined : `${name}: ${why}`;
  }

  /**
   * Runs a check, unless its last run still hangs: they would pile up, with all that they hold. One
   * that never comes back gets another try, later and later, because its cause may be gone.
   */
  #run(check: HealthCheck): Promise<string | undefined> {
    const now = performance.now();
    const last = this.#out.get(check);
    if (last && now < last.retryAt) {
      return Promise.resolve(`hangs since ${Math.round((now - last.since) / 1000)} s`);
    }
    const tries = (last?.tries ?? 0) + 1;
    const pause = Math.min(RETRY_AT_MOST, RETRY_AFTER * 2 ** (tries - 1)) * this.#deadlineMs;
    const run = { since: last?.since ?? now, retryAt: now + pause, tries };
    this.#out.set(check, run);
    const giveUp = new AbortController();
    const outcome = (async () => check(giveUp.signal))()
      .then(
        () => undefined,
        (error) => reason(error).replaceAll(/\s+/g, " ").slice(0, MAX_REASON) || "failed",
      )
      .finally(() => {
        if (this.#out.get(check) === run) this.#out.delete(check);
      });
    const late = `did not come back within ${this.#deadlineMs / 1000} s`;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        giveUp.abort(new Error(late));
        resolve(late);
      }, this.#deadlineMs);
    });
    return Promise.race([outcome, deadline]).finally(() => clearTimeout(timer));
  }

  /** Lets go of checks that the agent took away. */
  #forget(checks: [string, HealthCheck][]): void {
    const names = new Set(checks.map(([name]) => name));
    const functions = new Set(checks.map(([, check]) => check));
    for (const name of this.#known) if (!names.has(name)) healthCheckPassed.remove({ check: name });
    for (const check of this.#out.keys()) if (!functions.has(check)) this.#out.delete(check);
    this.#known = names;
  }
}
