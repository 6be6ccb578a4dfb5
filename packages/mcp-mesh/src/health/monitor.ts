import { setTimeout as sleep } from "node:timers/promises";
import { log } from "../runtime-log.ts";
import type { Checks } from "./checks.ts";
import { judge, type Standing, UNTRIED } from "./standing.ts";

/** Whether the agent is fit for calls, by its own checks, which run again and again. */
export class HealthMonitor {
  readonly #checks: Checks;
  readonly #intervalMs: number;
  readonly #changed: (fit: boolean) => void;
  #standing: Standing = UNTRIED;
  #problem: string | undefined = "the agent's own health checks have not run yet";
  /** What the log has heard already: a check that flaps must not fill it. */
  #told: string | undefined;

  /** `changed` hears when the agent becomes fit for calls, or ceases to be. */
  constructor(checks: Checks, intervalMs: number, changed: (fit: boolean) => void) {
    this.#checks = checks;
    this.#intervalMs = intervalMs;
    this.#changed = changed;
  }

  /** Whether the agent belongs into the registry. */
  get fit(): boolean {
    return this.#standing.fit;
  }

  /**
   * Why the agent should get no calls now. A failed check counts at once here, because who asks
   * waits for several answers before it acts.
   */
  get problem(): string | undefined {
    if (this.#problem !== undefined || this.#standing.fit) return this.#problem;
    const { passes, wanted } = this.#standing;
    return `the health checks pass again, ${wanted - passes} more times to go`;
  }

  /** Runs the checks until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const problem = await this.#checks.round();
      if (signal.aborted) return;
      this.#take(problem);
      await sleep(this.#intervalMs, undefined, { signal }).catch(() => {});
    }
  }

  #take(problem: string | undefined): void {
    const last = this.#standing;
    this.#problem = problem;
    this.#standing = judge(last, problem === undefined);
    if (problem !== undefined && problem !== this.#told) {
      log.warn("a health check fails", { problem });
      this.#told = problem;
    }
    if (last.fit === this.fit) return;
    if (!this.fit) log.error("not fit for calls: leaves the registry", { problem });
    else if (last.wanted > 1) log.info("fit for calls again: returns to the registry");
    if (this.fit) this.#told = undefined;
    this.#changed(this.fit);
  }
}
