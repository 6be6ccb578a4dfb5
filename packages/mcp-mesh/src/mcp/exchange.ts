import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, AnswerReader } from "./answers.ts";
import { isRequest, type Message, messageOfHeaders, messagesOfBody } from "./messages.ts";

/** How much of a request's body is looked at. */
const MAX_BODY = 256 << 10;

/** How a request ended: by its answer, or without one that could be seen. */
export type Ending = Answer | "refused" | "cut off" | "compressed" | "answered elsewhere";

/** Hears of each message that passes; what it returns, if anything, hears how a request ended. */
export type Observer = (message: Message) => ((ending: Ending) => void) | undefined;

interface Pending {
  message: Message;
  end(ending: Ending): void;
}

/**
 * One POST to an MCP server, watched from outside: the body's chunks are looked at when Node hands
 * them to the request, the answer's when the server hands them to the response. Both go their way
 * in the same moment, whatever is found in them.
 */
export class Exchange {
  readonly #response: ServerResponse;
  readonly #observer: Observer;
  #pending: Pending[] = [];
  #closed = false;

  private constructor(response: ServerResponse, observer: Observer) {
    this.#response = response;
    this.#observer = observer;
    response.once("close", () => this.#close());
  }

  /** Watches a request of which only the headers are there; `needsBody` if they don't suffice. */
  static watch(
    request: IncomingMessage,
    response: ServerResponse,
    observer: Observer,
    needsBody: boolean,
  ): void {
    const exchange = new Exchange(response, observer);
    const message = messageOfHeaders(request.headers);
    if (message && !needsBody) exchange.#received([message]);
    else onBody(request, (body) => exchange.#received(messagesOfBody(body)));
  }

  #received(messages: Message[]): void {
    for (const message of messages) {
      const end = this.#observer(message);
      if (end && isRequest(message)) this.#pending.push({ message, end });
    }
    if (this.#pending.length === 0) return;
    // A server may refuse a request before it has read it.
    if (this.#closed) this.#close();
    else onAnswers(this.#response, (answer) => this.#answered(answer));
  }

  #answered(answer: Answer): void {
    const index = this.#pending.findIndex(
      ({ message }) =>
        message.id === undefined || answer.id === undefined || message.id === answer.id,
    );
    const [found] = index < 0 ? [] : this.#pending.splice(index, 1);
    found?.end(answer);
  }

  #close(): void {
    this.#closed = true;
    for (const { end } of this.#pending.splice(0)) end(endingOf(this.#response));
  }
}

function endingOf(response: ServerResponse): Ending {
  if (response.statusCode >= 400) return "refused";
  if (!response.writableFinished) return "cut off";
  // Such as 202, whose answer comes over the session's own stream.
  return response.hasHeader("content-encoding") ? "compressed" : "answered elsewhere";
}

/** Calls back with the body, or its beginning, at its end and before its reader learns of that. */
export function onBody(request: IncomingMessage, done: (body: string) => void): void {
  const { push } = request;
  let chunks: Uint8Array[] | undefined = [];
  let size = 0;
  request.push = function (this: IncomingMessage, chunk: Uint8Array | null, encoding) {
    if (chunk === null) {
      const seen = chunks;
      chunks = undefined;
      if (seen) guard(() => done(textOf(seen)));
    } else if (size < MAX_BODY) {
      size += chunk.length;
      chunks?.push(chunk);
    }
    return push.call(this, chunk, encoding);
  };
}

/** Calls back with each answer in the response's body, as it is written. */
function onAnswers(response: ServerResponse, found: (answer: Answer) => void): void {
  const reader = new AnswerReader(found);
  const { write, end } = response;
  const look = (chunk: unknown) => {
    if (typeof chunk === "string") reader.write(chunk);
    else if (Buffer.isBuffer(chunk)) reader.write(chunk.toString());
    else if (chunk instanceof Uint8Array) reader.write(textOf([chunk]));
  };
  response.write = function (this: ServerResponse, ...args: unknown[]) {
    const result = Reflect.apply(write, this, args);
    guard(() => look(args[0]));
    return result;
  } as typeof write;
  response.end = function (this: ServerResponse, ...args: unknown[]) {
    const result = Reflect.apply(end, this, args);
    guard(() => {
      look(args[0]);
      reader.end();
    });
    return result;
  } as typeof end;
}

function textOf(chunks: Uint8Array[]): string {
  const [only] = chunks;
  const whole = chunks.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(chunks);
  return whole.toString();
}

/** Watching must never be what breaks a call. */
function guard(work: () => void): void {
  try {
    work();
  } catch {
    // The call goes on, uncounted.
  }
}
