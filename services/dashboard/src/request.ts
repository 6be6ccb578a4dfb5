import type { IncomingMessage } from "node:http";
import { type Answer, problem } from "./answer.ts";

const MOST_BYTES = 4_096;

/** The JSON that a client sent, or what to answer instead. */
export async function readBody(request: IncomingMessage): Promise<{ json: unknown } | Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return problem(413, `Send no more than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return { json: JSON.parse(Buffer.concat(chunks).toString("utf8")) };
  } catch {
    return problem(400, "Send JSON.");
  }
}

/**
 * What another site's page gets that sends something in the name of whoever looks at it. Browsers say
 * where a request comes from, and ask before they send JSON elsewhere; other programs have no cookies
 * that somebody could borrow.
 */
export function refusalOf(request: IncomingMessage, publicUrl: URL | undefined) {
  const { host, origin, "sec-fetch-site": site, "content-type": type = "" } = request.headers;
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return problem(415, "Send it as application/json.");
  }
  const same = (from: string) => {
    if (publicUrl && from === publicUrl.origin) return true;
    return URL.canParse(from) && new URL(from).host === host;
  };
  const foreign =
    site === undefined ? origin !== undefined && !same(origin) : site !== "same-origin";
  return foreign ? problem(403, "This has to come from the dashboard's own page.") : undefined;
}
