import type { IncomingMessage, ServerResponse } from "node:http";
import { sessionLost, unavailable } from "./answers.ts";
import { pass } from "./forward.ts";
import { RELAYED, SESSION } from "./headers.ts";
import type { Health } from "./health.ts";
import { Held } from "./held.ts";
import { sessionsEnded } from "./metrics.ts";
import type { LocalServer } from "./server.ts";
import { mark } from "./session-id.ts";
import type { Sessions } from "./sessions.ts";

const VERIFY_MS = 3_000;

/** A request that is for the server of this pod, and its session's id there, if it names one. */
export interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  session: string | undefined;
}

interface Parts {
  address: string;
  server: LocalServer;
  sessions: Sessions;
  health: Health;
}

/**
 * Passes a request to the server, under its own id for the session, and the answer back under the
 * id that clients know. A session that the server has forgotten is a 404, whatever it says.
 */
export async function toServer(asked: Asked, parts: Parts): Promise<void> {
  const { request, response, session } = asked;
  const { address, server, sessions, health } = parts;
  if (session === undefined && request.method === "POST" && !sessions.hasRoom) {
    return unavailable(response, "Service Unavailable: there are too many sessions in use");
  }
  const release = session === undefined ? undefined : sessions.hold(session);
  let status = 0;
  let doubted: { body: Held; begin: () => ServerResponse } | undefined;
  try {
    await pass(request, response, {
      dispatcher: server.dispatcher,
      origin: server.origin,
      request(name, value) {
        if (name === RELAYED) return undefined;
        return name === SESSION ? session : value;
      },
      response(name, value) {
        if (name !== SESSION) return value;
        if (session === undefined && status < 300) sessions.opened(value);
        return mark(value, address);
      },
      answered(given, begin) {
        status = given;
        if (status < 300) health.answered();
        if (session === undefined || status !== 400) return begin();
        const body = new Held(begin);
        doubted = { body, begin };
        return body;
      },
    });
    if (doubted && session !== undefined) {
      await settle(doubted.body, doubted.begin, asked, session, server);
    }
  } finally {
    release?.(request.method, response.headersSent ? response.statusCode : 500);
    if (session !== undefined && response.statusCode === 404) sessionsEnded.inc({ cause: "lost" });
  }
}

/** Servers say 400 for many things: whether it is about the session, another question shows. */
async function settle(
  held: Held,
  begin: () => ServerResponse,
  { request, response }: Asked,
  session: string,
  server: LocalServer,
): Promise<void> {
  const body = held.body();
  if (body === undefined || response.destroyed) return;
  const signal = AbortSignal.timeout(VERIFY_MS);
  const known = await server.knows(session, request.headers.authorization, signal);
  if (known) begin().end(body);
  else sessionLost(response);
}
