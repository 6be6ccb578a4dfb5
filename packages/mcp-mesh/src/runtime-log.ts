import { createLog } from "./log.ts";

/** The runtime's own lines, on standard error, which MCP leaves free for logs. */
export const log = createLog("runtime", "info", (line) => process.stderr.write(line));
