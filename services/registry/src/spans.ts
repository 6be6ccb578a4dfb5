import type { IncomingMessage } from "node:http";
import type { Tracing } from "mcp-mesh/tracing";
import type { DatabaseConfig } from "./config.ts";

/** What is asked every few seconds by those who watch tells nobody anything. */
const UNTRACED = new Set(["/live", "/ready", "/health", "/writable", "/metrics"]);

/** Answers a request in a span by OpenTelemetry's conventions for HTTP servers. */
export async function inRequestSpan(
  tracing: Tracing,
  request: IncomingMessage,
  route: string | undefined,
  answer: () => Promise<number>,
): Promise<void> {
  if (route !== undefined && UNTRACED.has(route)) return void (await answer());
  const method = request.method ?? "GET";
  const attributes = {
    "http.request.method": method,
    "http.route": route,
    "url.path": request.url?.split("?")[0]?.slice(0, 256),
    "url.scheme": "http",
  };
  const name = route === undefined ? method : `${method} ${route}`;
  await tracing.server(name, attributes, tracing.extract(request.headers), async (span) => {
    const status = await answer();
    span.setAttribute("http.response.status_code", status);
    if (status >= 500) tracing.fail(span, String(status));
  });
}

/**
 * Asks the database in a span, if the question belongs to a request. The statement has places for
 * its values, never the values.
 */
export function inQuerySpan<T>(
  tracing: Tracing,
  { host, port, database }: Pick<DatabaseConfig, "host" | "port" | "database">,
  sql: string,
  ask: () => Promise<T>,
): Promise<T> {
  if (!tracing.isActive()) return ask();
  const operation = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? "query";
  const table = /\b(?:FROM|INTO|UPDATE)\s+(\w+)/i.exec(sql)?.[1];
  const attributes = {
    "db.system.name": "postgresql",
    "db.namespace": database,
    "db.operation.name": operation,
    "db.collection.name": table,
    "db.query.text": sql.replace(/\s+/g, " "),
    "server.address": host,
    "server.port": port,
  };
  const name = table === undefined ? operation : `${operation} ${table}`;
  return tracing.client(name, attributes, ask);
}
