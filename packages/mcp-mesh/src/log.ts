/** Writes one line of JSON to standard error, which MCP leaves free for logs. */
export function log(level: "info" | "warn" | "error", message: string, fields: object = {}): void {
  const entry = {
    time: new Date().toISOString(),
    level,
    component: "mcp-mesh",
    message,
    ...fields,
  };
  process.stderr.write(`${JSON.stringify(entry)}\n`);
}

/** An error's message with its causes', because `fetch failed` alone helps nobody. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const message = error.message || String(code ?? error.name);
  return error.cause === undefined ? message : `${message}: ${explain(error.cause)}`;
}
