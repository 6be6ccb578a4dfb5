import { setTimeout as sleep } from "node:timers/promises";
import { Heartbeat, type Step, type Verb } from "./heartbeat.ts";
import { heartbeats, registered } from "./metrics.ts";
import type { OwnServer } from "./own-server.ts";
import { type Offer, type OwnTool, readOffer } from "./own-tools.ts";
import type { Outcome, RegistryClient, ResolvedByTool } from "./registry-client.ts";
import { log } from "./runtime-log.ts";

/** After how many heartbeats the agent is asked again what it offers. */
const OFFER_AGE = 12;

/** How long the agent's answer to that may hold up a heartbeat. */
const REFRESH_MS = 2_000;

/** Failures in a row are told at first, and then now and then. */
const TELL_EVERY = 20;

export interface MembershipParts {
  registry: RegistryClient;
  server: OwnServer;
  intervalMs: number;
  /** Whether the agent's own health checks let it have calls. */
  fit(): boolean;
  /** Runs a registration, in a span of its own where traces are on. */
  traced(register: () => Promise<Outcome>): Promise<Outcome>;
  /** Hears of the wiring that each registration brings. */
  wired(offer: Offer, resolved: ResolvedByTool): void;
}

/** The agent's place in the registry, from its first answer to its end. */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #heartbeat: Heartbeat;
  #offer: Offer;
  #readAt = Date.now();
  /** Whether the registry was heard of, for good or ill. */
  #tried = false;

  constructor(offer: Offer, parts: MembershipParts) {
    this.#offer = offer;
    this.#parts = parts;
    this.#heartbeat = new Heartbeat({
      fit: parts.fit,
      exchange: (verb) => this.#exchange(verb),
      onOutcome: (outcome, last) => this.#heard(outcome, last),
      intervalMs: parts.intervalMs,
    });
  }

  get tried(): boolean {
    return this.#tried;
  }

  get tools(): OwnTool[] {
    return this.#offer.tools;
  }

  /** Takes note that the agent's fitness changed. */
  wake(): void {
    this.#heartbeat.wake();
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#heartbeat.run(signal);
  }

  async #exchange(verb: Exclude<Verb, "rest">): Promise<Outcome> {
    const { registry, traced } = this.#parts;
    if (verb === "leave") return registry.unregister();
    const changed = await this.#refresh();
    if (verb === "check" && !changed) return registry.check();
    return traced(() => registry.register(this.#offer));
  }

  /**
   * Looks whether the agent offers something else by now. It is asked again and again, because a
   * stateless server has nobody to tell that its list changed.
   */
  async #refresh(): Promise<boolean> {
    if (Date.now() - this.#readAt < OFFER_AGE * this.#parts.intervalMs) return false;
    this.#readAt = Date.now();
    const asked = readOffer(this.#parts.server).catch(() => undefined);
    const offer = await Promise.race([asked, sleep(REFRESH_MS, undefined, { ref: false })]);
    if (!offer || JSON.stringify(offer) === JSON.stringify(this.#offer)) return false;
    this.#offer = offer;
    log.info("the agent offers something else", { tools: offer.tools.map((t) => t.function_name) });
    return true;
  }

  #heard(outcome: Outcome, { verb, failures }: Step): void {
    const { kind } = outcome;
    this.#tried = true;
    heartbeats.inc({ outcome: kind });
    registered.set(kind === "registered" || kind === "unchanged" ? 1 : 0);
    if (kind === "failed") {
      if (failures % TELL_EVERY !== 0) return;
      const error = outcome.reason;
      log.warn("the registry does not take this; the agent goes on with the wiring it has", {
        exchange: verb,
        error,
      });
      return;
    }
    if (failures > 0) log.info("the registry answers again");
    if (kind === "registered") this.#parts.wired(this.#offer, outcome.resolved);
  }
}
