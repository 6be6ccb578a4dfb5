import { createLog, type LogLevel } from "./log.ts";
import { readLogLevel } from "./settings.ts";

/** The runtime's own lines, on standard error, which MCP leaves free for logs. */
export const log = createLog("runtime", threshold(), (line) => process.stderr.write(line));

/** A level that cannot be read is refused with the other settings, not by an import. */
function threshold(): LogLevel {
  try {
    return readLogLevel(process.env);
  } catch {
    return "info";
  }
}
