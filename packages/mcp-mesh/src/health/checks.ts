import { type HealthCheck, healthChecks } from "mcp-mesh-types";
import { reason } from "../log.ts";
import { healthCheckPassed } from "../metrics.ts";

/** How long a check may take. */
const DEADLINE_MS = 2_000;

/** A reason is for a log line and a probe's event, of which Kubernetes keeps but the beginning. */
const MAX_REASON = 200;

/** Runs the checks that an agent brings, all at once and each within a deadline. */
export class Checks {
  readonly #deadlineMs: number;
  /** Those that have not come back, whether somebody still waits for them or not. */
  readonly #out = new Map<HealthCheck, number>();
  #known = new Set<string>();

  constructor(deadlineMs = DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
  }

  /** One round; resolves to what is wrong by the checks' names and reasons, or undefined. */
  async round(): Promise<string | undefined> {
    const checks = [...healthChecks()];
    const problems = await Promise.all(checks.map(([name, check]) => this.#judge(name, check)));
    this.#forget(new Set(checks.map(([name]) => name)));
    return problems.filter((problem) => problem !== undefined).join("; ") || undefined;
  }

  async #judge(name: string, check: HealthCheck): Promise<string | undefined> {
    const why = await this.#run(check);
    healthCheckPassed.set({ check: name }, why === undefined ? 1 : 0);
    return why === undefined ? undefined : `${name}: ${why}`;
  }

  /** A check that hangs is not started again until it has come back: they would pile up. */
  async #run(check: HealthCheck): Promise<string | undefined> {
    const since = this.#out.get(check);
    if (since !== undefined) return `hangs since ${Math.round((Date.now() - since) / 1000)} s`;
    this.#out.set(check, Date.now());
    const giveUp = new AbortController();
    const outcome = (async () => check(giveUp.signal))()
      .then(
        () => undefined,
        (error) => reason(error).replaceAll(/\s+/g, " ").slice(0, MAX_REASON) || "failed",
      )
      .finally(() => this.#out.delete(check));
    const late = `did not come back within ${this.#deadlineMs / 1000} s`;
    const { promise: deadline, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      giveUp.abort(new Error(late));
      resolve(late);
    }, this.#deadlineMs);
    return Promise.race([outcome, deadline]).finally(() => clearTimeout(timer));
  }

  /** Lets go of checks that the agent took away. */
  #forget(names: Set<string>): void {
    for (const name of this.#known) if (!names.has(name)) healthCheckPassed.remove({ check: name });
    this.#known = names;
  }
}
