import { Readable } from "node:stream";
import { buildConnector, Pool } from "undici";

/** How many calls one process has under way at one endpoint; the others wait for their turn. */
const MAX_CONNECTIONS = 128;

/** Within a cluster, who does not answer after this long is not there. */
const CONNECT_LIMIT_MS = 1_000;

export interface PodFetch {
  fetch: typeof fetch;
  /** Ends what is under way, and all connections. */
  destroy(): Promise<void>;
}

/**
 * A `fetch` of one endpoint with connections of its own, which are dialled at `address` if there is
 * one: the URL keeps the Service's name, for the server's Host check and for who reads a trace.
 *
 * It does what the SDK's transport asks for and no more, on undici's own requests: building a web
 * Request and Response for each call took a third of the call's time.
 */
export function podFetch(endpoint: string, address: string | undefined): PodFetch {
  const dial = buildConnector({ timeout: CONNECT_LIMIT_MS });
  const pool = new Pool(new URL(endpoint).origin, {
    connections: MAX_CONNECTIONS,
    // A call's own deadline is the only one.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) =>
      dial(address === undefined ? options : { ...options, hostname: address }, callback),
  });
  const request = async (target: URL, init: RequestInit) => {
    const { statusCode, headers, body } = await pool.request({
      path: target.pathname + target.search,
      method: init.method as "GET" | "POST" | "DELETE",
      headers: Object.fromEntries(init.headers as Headers),
      body: init.body as string | undefined,
      signal: init.signal,
    });
    const type = String(headers["content-type"] ?? "");
    const streams = type.includes("event-stream");
    const text = streams ? undefined : await body.text();
    return {
      ok: statusCode >= 200 && statusCode < 300,
      status: statusCode,
      statusText: "",
      headers: new Headers(headers as Record<string, string>),
      body: streams ? Readable.toWeb(body) : null,
      text: async () => text ?? body.text(),
      json: async () => JSON.parse(text ?? (await body.text())),
    };
  };
  return { fetch: request as unknown as typeof fetch, destroy: () => pool.destroy() };
}
