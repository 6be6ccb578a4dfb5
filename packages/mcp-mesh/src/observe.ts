// What the session relay counts of the calls that pass it, by the runtime's own names.
import {
  messages,
  requestDuration,
  requestsInFlight,
  sessions,
  sessionsOpened,
  streams,
  toolCalls,
} from "./metrics.ts";

export { McpWatch } from "./mcp/watch.ts";

export const metrics = {
  messages,
  requestDuration,
  requestsInFlight,
  sessions,
  sessionsOpened,
  streams,
  toolCalls,
};
