import { setTimeout as sleep } from "node:timers/promises";
import { Client, SdkError, SdkErrorCode } from "@modelcontextprotocol/client";
import manifest from "../../package.json" with { type: "json" };
import { HandshakeError } from "./faults.ts";
import { type Attempt, PeerTransport } from "./peer-transport.ts";
import { type PodFetch, podFetch } from "./pod-fetch.ts";

const HANDSHAKE_LIMIT_MS = 5_000;
const GOODBYE_LIMIT_MS = 1_000;

/**
 * An MCP client of one endpoint with its HTTP connections, shared by all calls that go there. It
 * speaks the revision that the server does: it asks `server/discover` first, which servers of 2025
 * refuse.
 */
export class Connection {
  readonly #sockets: PodFetch;
  readonly #transport: PeerTransport;
  readonly #client = new Client(
    { name: "mcp-mesh", version: manifest.version },
    { versionNegotiation: { mode: "auto" } },
  );
  readonly #handshake: Promise<void>;
  #isReady = false;
  #calls = 0;
  #retired = false;

  /** `onFailure` hears that there is no connection to be had. */
  constructor(endpoint: string, address: string | undefined, onFailure: () => void) {
    this.#sockets = podFetch(endpoint, address);
    this.#transport = new PeerTransport(new URL("/mcp", endpoint), { fetch: this.#sockets.fetch });
    this.#handshake = this.#client.connect(this.#transport, { timeout: HANDSHAKE_LIMIT_MS }).then(
      () => {
        this.#isReady = true;
      },
      (error) => {
        onFailure();
        throw new HandshakeError(error);
      },
    );
    this.#handshake.catch(() => {});
  }

  /** Whether the server knows this client by a session, which it can forget. */
  get hasSession(): boolean {
    return this.#transport.sessionId !== undefined;
  }

  /** Makes an attempt at a call; the connection lives on until it is over. */
  async call(attempt: Attempt): Promise<object> {
    this.#calls++;
    try {
      if (this.#isReady) return await this.#transport.attempt(this.#client, attempt);
      const start = performance.now();
      await within(this.#handshake, attempt);
      const timeoutMs = Math.max(1, attempt.timeoutMs - (performance.now() - start));
      return await this.#transport.attempt(this.#client, { ...attempt, timeoutMs });
    } finally {
      this.#calls--;
      if (this.#retired && this.#calls === 0) void this.#close();
    }
  }

  /** Takes no part in new calls any more, and closes when the last one is over. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    if (this.#calls === 0) void this.#close();
  }

  async #close(): Promise<void> {
    const goodbye = this.#transport.terminateSession().catch(() => {});
    await Promise.race([goodbye, sleep(GOODBYE_LIMIT_MS, undefined, { ref: false })]);
    await this.#client.close().catch(() => {});
    await this.#sockets.destroy().catch(() => {});
  }
}

/** Waits no longer than the attempt may. */
function within(work: Promise<void>, { timeoutMs, signal }: Attempt): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = new SdkError(SdkErrorCode.RequestTimeout, "Request timed out");
    const timer = setTimeout(reject, timeoutMs, late);
    const giveUp = () => reject(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    });
  });
}
