import { breakersOpened, endpointStates } from "../metrics.ts";
import { Endpoint } from "./endpoint.ts";

const STATES = ["closed", "half-open", "open"] as const;

/** All places that calls can go to now. What is known of one stays known while anything leads there. */
export class Endpoints {
  readonly #known = new Map<string, Endpoint>();

  /** The one at this URL, dialled at this address if there is one. */
  at(url: string, address?: string): Endpoint {
    const key = `${url} ${address ?? ""}`;
    const known = this.#known.get(key);
    if (known) return known;
    const endpoint = new Endpoint(url, address, (before) => {
      if (before === "closed") breakersOpened.inc({ service: new URL(url).hostname });
      this.#count();
    });
    this.#known.set(key, endpoint);
    return endpoint;
  }

  /** Lets go of all others. */
  retain(used: ReadonlySet<Endpoint>): void {
    for (const [key, endpoint] of this.#known) {
      if (used.has(endpoint)) continue;
      this.#known.delete(key);
      endpoint.close();
    }
    this.#count();
  }

  #count(): void {
    const states = [...this.#known.values()].map(({ state }) => state);
    for (const state of STATES) {
      endpointStates.set({ state }, states.filter((one) => one === state).length);
    }
  }
}
