import type { IncomingMessage, ServerResponse } from "node:http";
import { isIPv6 } from "node:net";
import { Agent } from "undici";
import { pass } from "./forward.ts";
import { RELAYED } from "./headers.ts";
import type { Siblings } from "./siblings.ts";

const ASK_MS = 1_000;

/** The way to the relays of the agent's other pods: to their port and their path alone. */
export class SiblingPods {
  readonly #siblings: Siblings;
  readonly #port: number;
  readonly #path: string;
  readonly #dispatcher = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 2_000 },
  });

  constructor(siblings: Siblings, port: number, path: string) {
    this.#siblings = siblings;
    this.#port = port;
    this.#path = path;
  }

  has(address: string, signal: AbortSignal): Promise<boolean> {
    return this.#siblings.has(address, signal);
  }

  /** Passes a request on as it is; who gets it does not pass it on again. */
  pass(request: IncomingMessage, response: ServerResponse, address: string): Promise<void> {
    return pass(request, response, {
      dispatcher: this.#dispatcher,
      origin: this.#originOf(address),
      request: (_name, value) => value,
      response: (_name, value) => value,
      extra: [RELAYED, "1"],
    });
  }

  /** One that takes the new sessions of a pod that ends. */
  async successor(): Promise<string | undefined> {
    for (const address of await this.#siblings.others()) {
      if (await this.#takesSessions(address)) return address;
    }
    return undefined;
  }

  async #takesSessions(address: string): Promise<boolean> {
    try {
      const { statusCode, body } = await this.#dispatcher.request({
        origin: this.#originOf(address),
        path: this.#path,
        method: "HEAD",
        headers: { [RELAYED]: "1" },
        signal: AbortSignal.timeout(ASK_MS),
      });
      await body.dump();
      return statusCode === 204;
    } catch {
      return false;
    }
  }

  #originOf(address: string): string {
    return `http://${isIPv6(address) ? `[${address}]` : address}:${this.#port}`;
  }
}
