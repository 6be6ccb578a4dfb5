import type { IncomingMessage, ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import type { Dispatcher } from "undici";
import { passedOn, type RawHeaders } from "./headers.ts";

/** Where a request goes on, and what is changed of it on the way. */
export interface Passage {
  dispatcher: Dispatcher;
  origin: string;
  request(name: string, value: string): string | undefined;
  response(name: string, value: string): string | undefined;
  /** Headers that the request gets besides. */
  extra?: RawHeaders;
  /** Chooses where an answer's body goes; the response itself is written by `begin`. */
  answered?(status: number, begin: () => ServerResponse): Writable;
}

/**
 * Passes a request on and its answer back, both as they come: what is read waits for what is
 * written, and whoever breaks off, the other side hears of it. Rejects if nobody answers.
 */
export async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  passage: Passage,
): Promise<void> {
  const gone = new AbortController();
  // A response that is complete closes too: then nobody has broken off.
  const onClose = () => void (response.writableFinished || gone.abort());
  if (response.destroyed) return;
  response.once("close", onClose);
  const headers = passedOn(request.rawHeaders, passage.request).concat(passage.extra ?? []);
  const options = {
    origin: passage.origin,
    path: request.url ?? "/",
    method: request.method as Dispatcher.HttpMethod,
    headers,
    body: hasBody(request) ? request : null,
    signal: gone.signal,
    responseHeaders: "raw" as const,
  };
  try {
    await passage.dispatcher.stream(options, ({ statusCode, headers: answered }) => {
      const begin = () => {
        const raw = passedOn(answered as unknown as string[], passage.response);
        response.writeHead(statusCode, raw);
        // A stream of events may be silent for long: who opened it must know that it is open.
        if (!raw.some((name, at) => at % 2 === 0 && isLength(name))) response.flushHeaders();
        return response;
      };
      return passage.answered?.(statusCode, begin) ?? begin();
    });
  } catch (error) {
    // Nobody is left to tell.
    if (!gone.signal.aborted) throw error;
  } finally {
    response.removeListener("close", onClose);
  }
}

const isLength = (name: string) => name.toLowerCase() === "content-length";

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
