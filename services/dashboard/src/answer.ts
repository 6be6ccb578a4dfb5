import type { IncomingMessage } from "node:http";
import type { ErrorAnswer } from "./api.ts";
import type { Session } from "./auth/session.ts";
import { type Content, contentOf } from "./content.ts";

/** A request, as far as routes look at it. */
export interface Exchange {
  request: IncomingMessage;
  /** With its question mark, or empty. */
  search: string;
  /** Of the client, as far as it counts for limits. */
  address: string;
  /** What the route's pattern found in the path. */
  found: string;
  session?: Session;
}

export interface Answer {
  status: number;
  /** A status without content has none. */
  content?: Content;
  headers?: Record<string, string | number>;
  cookies?: string[];
}

export interface Route {
  /** Its name in metrics: a pattern, never a path. */
  name: string;
  method: "GET" | "POST";
  /** Its group, if it has one, is what the route finds in the path. */
  path: RegExp;
  /** Whether it answers those who are not logged in. */
  open: boolean;
  answer(exchange: Exchange): Answer | Promise<Answer>;
}

export const json = (status: number, body: unknown, identity?: unknown): Answer => {
  const text = JSON.stringify(body);
  const known = identity === undefined ? text : JSON.stringify(identity);
  return { status, content: contentOf("application/json", text, known) };
};

/** An answer that says what went wrong, for people. */
export const problem = (status: number, error: string, headers?: Answer["headers"]): Answer => ({
  ...json(status, { error } satisfies ErrorAnswer),
  ...(headers ? { headers } : {}),
});

export const redirect = (location: string, cookies: string[] = []): Answer => ({
  status: 302,
  headers: { location, "cache-control": "no-store" },
  cookies,
});

/** Serialises and compresses once for each state, however many browsers ask. */
export function oncePer<State extends object>(
  known: () => State,
  make: (state: State) => Answer,
): () => Answer {
  let last: { of: State; answer: Answer } | undefined;
  return () => {
    const of = known();
    if (last?.of !== of) last = { of, answer: make(of) };
    return last.answer;
  };
}
