import type { IncomingHttpHeaders } from "node:http";
import { type Scalar, Skimmer } from "./skim.ts";
import { HEADERS_SINCE } from "./vocabulary.ts";

/** What is known of a message that a client sent. */
export interface Message {
  method: string;
  /** Unknown where a header alone told of the message, or the body was cut short before it. */
  id?: Scalar;
  /** What the method is about: a tool's or a prompt's name. */
  name?: string;
  /** The protocol revision that the client asked for in `initialize`. */
  revision?: string;
  /** W3C trace context and baggage, from the message's `_meta`. */
  carrier?: Record<string, string>;
}

const CARRIED = new Set(["traceparent", "tracestate", "baggage"]);

/** Whether the message is a request, which its receiver answers. */
export function isRequest({ method }: Message): boolean {
  return !method.startsWith("notifications/");
}

/** The message as the headers tell it since 2026-07-28; undefined before. */
export function messageOfHeaders(headers: IncomingHttpHeaders): Message | undefined {
  const revision = headers["mcp-protocol-version"];
  const method = headers["mcp-method"];
  if (typeof revision !== "string" || revision < HEADERS_SINCE) return undefined;
  if (typeof method !== "string") return undefined;
  const name = headers["mcp-name"];
  return {
    method,
    name: typeof name === "string" ? decodeName(name) : undefined,
  };
}

/** Names that don't fit into a header travel as `=?base64?…?=`. */
function decodeName(value: string): string {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  return encoded === undefined ? value : Buffer.from(encoded, "base64").toString();
}

/**
 * The requests and notifications in a request's body, which may hold one or a batch. A body that is
 * cut short gives those that were whole, or told their method; one that is no JSON-RPC gives none.
 */
export function messagesOfBody(body: string): Message[] {
  const found: Message[] = [];
  const skimmer = new Skimmer(body);
  try {
    if (skimmer.peek() === "[") skimmer.array(() => readMessage(skimmer, found));
    else readMessage(skimmer, found);
  } catch {
    // What was found so far stands.
  }
  return found;
}

function readMessage(skimmer: Skimmer, found: Message[]): void {
  const message: Message = { method: "" };
  skimmer.object((key) => {
    if (key === "method" && message.method === "") {
      message.method = String(skimmer.scalar());
      found.push(message);
    } else if (key === "id") message.id = skimmer.scalar();
    else if (key === "params" && skimmer.peek() === "{") readParams(skimmer, message);
    else skimmer.skip();
  });
}

function readParams(skimmer: Skimmer, message: Message): void {
  skimmer.object((key) => {
    if (key === "name") message.name = text(skimmer.scalar());
    else if (key === "protocolVersion") message.revision = text(skimmer.scalar());
    else if (key === "_meta" && skimmer.peek() === "{") message.carrier = readCarrier(skimmer);
    else skimmer.skip();
  });
}

function readCarrier(skimmer: Skimmer): Record<string, string> | undefined {
  const carrier: Record<string, string> = {};
  skimmer.object((key) => {
    const value = CARRIED.has(key) ? text(skimmer.scalar()) : void skimmer.skip();
    if (value !== undefined) carrier[key] = value;
  });
  return Object.keys(carrier).length > 0 ? carrier : undefined;
}

function text(value: Scalar | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
