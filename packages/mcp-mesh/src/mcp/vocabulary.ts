/** Every method that a client sends, by any revision of MCP: the others are counted as one. */
const METHODS = new Set([
  "initialize",
  "server/discover",
  "ping",
  "tools/list",
  "tools/call",
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "resources/subscribe",
  "resources/unsubscribe",
  "prompts/list",
  "prompts/get",
  "completion/complete",
  "logging/setLevel",
  "subscriptions/listen",
  "tasks/get",
  "tasks/list",
  "tasks/result",
  "tasks/update",
  "tasks/cancel",
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
  "notifications/tasks/status",
]);

const REVISIONS = new Set(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]);

/** The first revision whose requests name their method in a header, which the server must check. */
export const HEADERS_SINCE = "2026-07-28";

/** The method as metrics name it. Clients can send anything, and labels must stay few. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : "other";
}

/** The protocol revision as metrics name it. */
export function eraLabel(revision: string | undefined): string {
  return revision !== undefined && REVISIONS.has(revision) ? revision : "unknown";
}
