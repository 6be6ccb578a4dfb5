import { reason } from "mcp-mesh/log";
import type { Proof } from "./server.ts";

/** How long a good answer of the server, to the relay or to a client, speaks for it. */
const GOOD_MS = 10_000;
const LIMIT_MS = 3_000;

/** Whether the server answers MCP, found out by asking it whenever no client has lately. */
export class Health {
  readonly #prove: (signal: AbortSignal) => Promise<Proof>;
  readonly #first: (proof: Proof) => void;
  #good = -Infinity;
  #proven = false;
  #asking: Promise<string | undefined> | undefined;

  /** `first` hears of the first proof. */
  constructor(prove: (signal: AbortSignal) => Promise<Proof>, first: (proof: Proof) => void) {
    this.#prove = prove;
    this.#first = first;
  }

  /** Notes that a client was answered well. */
  answered(): void {
    if (this.#proven) this.#good = performance.now();
  }

  /** Notes that the server cannot be reached. */
  failed(): void {
    this.#good = -Infinity;
  }

  /** The reason why the server is not ready, or undefined. */
  async unready(): Promise<string | undefined> {
    if (performance.now() - this.#good < GOOD_MS) return undefined;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<string | undefined> {
    try {
      const proof = await this.#prove(AbortSignal.timeout(LIMIT_MS));
      if (!this.#proven) this.#first(proof);
      this.#proven = true;
      this.#good = performance.now();
      return undefined;
    } catch (error) {
      return `the server does not answer MCP: ${reason(error)}`;
    }
  }
}
