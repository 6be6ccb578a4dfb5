import type { ServerResponse } from "node:http";

/**
 * Lets an answer be the last one on its connection, so that the client makes its next request
 * elsewhere. Servers that stream often say `connection: keep-alive` themselves, which is taken out.
 */
export function makeLast(response: ServerResponse): void {
  if (response.headersSent) return;
  const { writeHead } = response;
  response.writeHead = function (this: ServerResponse, status: number, ...rest: unknown[]) {
    const headers = rest.pop();
    this.setHeader("connection", "close");
    const kept = typeof headers === "object" ? withoutConnection(headers) : headers;
    return Reflect.apply(writeHead, this, [status, ...rest, ...(kept === undefined ? [] : [kept])]);
  } as typeof writeHead;
}

/** The headers as `writeHead` takes them: an object, a flat list, or a list of pairs. */
function withoutConnection(headers: object | null): object | null {
  if (headers === null) return null;
  const isIt = (name: unknown) => String(name).toLowerCase() === "connection";
  if (!Array.isArray(headers)) {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !isIt(name)));
  }
  // Beside a header that was set, Node takes a flat list alone.
  if (Array.isArray(headers[0])) return headers.filter(([name]) => !isIt(name)).flat();
  return headers.filter((_value, index) => !isIt(headers[index - (index % 2)]));
}
