import type { Agent, IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { list, props, text } from "#local/engine/providers/kubernetes/json";
import type { Access, Credentials } from "#local/engine/providers/kubernetes/kubeconfig";
import type { Props } from "#local/engine/value";

/** The API server refused: `reason` is Kubernetes' own word, such as `NotFound` or `Conflict`. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly body: Props;
  constructor(status: number, body: Props, fallback: string) {
    super(text(body, "message") || fallback);
    this.status = status;
    this.reason = text(body, "reason");
    this.body = body;
  }
  /** The `details.causes` of the refusal: a field conflict names manager and field in each. */
  get causes(): { reason: string; message: string; field: string }[] {
    return list(this.body, "details", "causes").map((cause) => ({
      reason: text(cause, "reason"),
      message: text(cause, "message"),
      field: text(cause, "field"),
    }));
  }
}

/** No answer at all: wrong address, refused connection, untrusted certificate, silence. */
export class UnreachableError extends Error {}

interface Call {
  query?: Record<string, string>;
  body?: Props | Props[];
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** The longest silence before and within the answer, in milliseconds. */
  patience?: number;
}

interface WatchEvent {
  type: string;
  object: Props;
}

export type Client = ReturnType<typeof createClient>;

const RETRIES = 6;
const TRANSIENT = new Set(["ECONNRESET", "EPIPE", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN"]);

/** A client for one cluster over kept-alive connections; nothing is opened until the first call. */
export function createClient(access: Access) {
  let pools: { cert: string | undefined; brief: Agent; lasting: Agent } | undefined;
  let reached = false;
  let closed = false;

  async function transport(credentials: Credentials) {
    const secure = access.server.startsWith("https:");
    const http = secure ? await import("node:https") : await import("node:http");
    if (!pools || pools.cert !== credentials.cert) {
      const options = {
        keepAlive: true,
        ca: access.ca,
        cert: credentials.cert,
        key: credentials.key,
        rejectUnauthorized: !access.insecure,
      };
      // Few connections for calls, since each costs a handshake; watches hold theirs.
      const brief = new http.Agent({ ...options, maxSockets: 6 });
      pools = { cert: credentials.cert, brief, lasting: new http.Agent(options) };
    }
    return { send: http.request, ...pools };
  }

  async function open(method: string, path: string, call: Call, fresh = false) {
    const credentials = await access.credentials(fresh);
    const { send, brief, lasting } = await transport(credentials);
    const query = call.query ? `?${new URLSearchParams(call.query)}` : "";
    const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = send(`${access.server}${path}${query}`, {
      method,
      agent: call.query?.watch ? lasting : brief,
      signal: call.signal,
      headers: {
        accept: call.accept ?? "application/json",
        ...credentials.headers,
        ...(payload === undefined
          ? {}
          : {
              "content-type": call.contentType ?? "application/json",
              "content-length": Buffer.byteLength(payload),
            }),
      },
    });
    request.setTimeout(call.patience ?? (reached ? 70_000 : 5_000), () =>
      request.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })),
    );
    request.on("response", resolve).on("error", reject).end(payload);
    return promise;
  }

  async function request(method: string, path: string, call: Call = {}): Promise<Props> {
    for (let attempt = 0, fresh = false; ; attempt += 1) {
      let wait = 100 * 2 ** attempt;
      try {
        const response = await open(method, path, call, fresh);
        const body = await readJson(response);
        reached = true;
        const status = response.statusCode ?? 0;
        if (status < 300) return body;
        const error = new ApiError(status, body, `${method} ${path} was answered ${status}`);
        const renew: boolean = status === 401 && !fresh;
        const busy = status === 429 || status === 503 || status === 504;
        if (!(renew || busy) || attempt >= RETRIES) throw error;
        fresh = renew;
        const asked = Number(response.headers["retry-after"]);
        if (asked > 0) wait = asked * 1000;
        if (renew) wait = 0;
      } catch (error) {
        if (error instanceof ApiError || call.signal?.aborted || closed) throw error;
        const { code = "", message } = error as NodeJS.ErrnoException;
        // Everything we send may be sent twice: applies and deletes are idempotent.
        const again = TRANSIENT.has(code) && (reached || code === "ECONNRESET");
        if (!again || attempt >= RETRIES) {
          throw new UnreachableError(`${access.server} can't be reached: ${message || code}`);
        }
      }
      await sleep(wait, undefined, { signal: call.signal });
    }
  }

  /** Changes as they come. Ends when the server ends it; throws ApiError 410 when it is too late. */
  async function* watch(
    path: string,
    query: Record<string, string>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const all = { ...query, watch: "true", allowWatchBookmarks: "true", timeoutSeconds: "240" };
    const response = await open("GET", path, { query: all, signal, patience: 300_000 });
    if (response.statusCode !== 200) {
      throw new ApiError(
        response.statusCode ?? 0,
        await readJson(response),
        `watching ${path} failed`,
      );
    }
    response.setEncoding("utf8");
    let rest = "";
    for await (const chunk of response) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const event = JSON.parse(line) as WatchEvent;
        if (event.type === "ERROR") throw new ApiError(410, props(event.object), "watch expired");
        yield event;
      }
    }
  }

  const close = () => {
    closed = true;
    pools?.brief.destroy();
    pools?.lasting.destroy();
  };
  return { request, watch, close };
}

async function readJson(response: IncomingMessage): Promise<Props> {
  response.setEncoding("utf8");
  let content = "";
  for await (const chunk of response) content += chunk;
  try {
    return JSON.parse(content) as Props;
  } catch {
    return { message: content.trim().slice(0, 500) };
  }
}
