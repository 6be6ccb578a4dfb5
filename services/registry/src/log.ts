const LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof LEVELS)[number];
export type LogFields = Record<string, unknown>;
export type Log = Record<LogLevel, (msg: string, fields?: LogFields) => void>;

export const logLevels: readonly LogLevel[] = LEVELS;

/** A logger that writes one JSON object a line; fields never replace `level`, `time` or `msg`. */
export function createLog(
  threshold: LogLevel,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const at =
    (level: LogLevel) =>
    (msg: string, fields: LogFields = {}) => {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(threshold)) return;
      const time = new Date().toISOString();
      write(`${JSON.stringify({ ...fields, level, time, msg })}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** The text of whatever was thrown. A refused connection to several addresses has it inside. */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(reason).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
