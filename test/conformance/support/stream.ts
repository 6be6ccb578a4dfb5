const headers = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  "mcp-protocol-version": "2025-11-25",
};

export interface Event {
  id?: string;
  message?: { id?: number; method?: string; params?: { progress: number }; result?: object };
}

/** A session of 2025, with its streams in the hand of the test. */
export class Session {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  private constructor(url: string, id: string) {
    this.#url = url;
    this.#headers = { ...headers, "mcp-session-id": id };
  }

  static async begin(url: string): Promise<Session> {
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "test", version: "1.0.0" },
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params });
    const response = await fetch(url, { method: "POST", headers, body });
    await response.text();
    const session = new Session(url, response.headers.get("mcp-session-id") ?? "");
    await session.post({ method: "notifications/initialized" }).then(({ body }) => body?.cancel());
    return session;
  }

  post(message: object, signal?: AbortSignal): Promise<Response> {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    const request = { method: "POST", headers: this.#headers, body };
    return fetch(this.#url, { ...request, ...(signal && { signal }) });
  }

  /** Resumes a stream after one of its events. */
  resume(last: string): Promise<Response> {
    return fetch(this.#url, { headers: { ...this.#headers, "last-event-id": last } });
  }

  /** The status with which the session answers. */
  async status(): Promise<number> {
    const { status, body } = await this.post({ id: 99, method: "ping" });
    await body?.cancel();
    return status;
  }

  async end(): Promise<void> {
    await fetch(this.#url, { method: "DELETE", headers: this.#headers });
  }
}

/** The events of a stream, as they come. */
export async function* eventsOf(response: Response): AsyncGenerator<Event> {
  let text = "";
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const [id, data] = [field("id"), field("data")];
      yield { ...(id && { id }), ...(data && { message: JSON.parse(data) }) };
    }
  }
}
