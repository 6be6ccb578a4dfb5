import type { IncomingMessage } from "node:http";
import type { z } from "zod";
import { reason } from "./log.ts";
import { type Issue, issuesOf } from "./protocol.ts";

const MAX_BODY_BYTES = 1 << 20;

/** A request that is refused, and how. */
export class HttpError extends Error {
  readonly status: number;
  readonly issues: Issue[] | undefined;

  constructor(status: number, message: string, issues?: Issue[]) {
    super(message);
    this.status = status;
    this.issues = issues;
  }
}

/** The JSON in a request's body. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Reading on over the limit lets the client finish and see the answer, up to a point.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    if (size > 8 * MAX_BODY_BYTES) break;
  }
  if (size > MAX_BODY_BYTES) {
    throw new HttpError(413, `The body is larger than ${MAX_BODY_BYTES} bytes: send fewer tools.`);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"), (key, value: unknown) => {
      for (const text of [key, value]) {
        if (typeof text === "string" && (text.includes("\0") || !text.isWellFormed())) {
          throw new Error("it contains a character that cannot be stored");
        }
      }
      return value;
    });
  } catch (error) {
    throw new HttpError(400, `The body is not valid JSON: ${reason(error)}`);
  }
}

/** What a schema makes of a value; an HttpError names what is wrong with it. */
export function parse<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const list = issues
    .map(({ path, message }) => (path ? `${path}: ${message}` : message))
    .join("; ");
  throw new HttpError(400, `Invalid ${what}: ${list}`, issues);
}
