const LEVELS = ["debug", "info", "warn", "error"] as const;

export type LogLevel = (typeof LEVELS)[number];
export type LogFields = Record<string, unknown>;
export type Log = Record<LogLevel, (msg: string, fields?: LogFields) => void>;

export const logLevels: readonly LogLevel[] = LEVELS;

/** The trace and the span that a line is written in. */
export interface LogContext {
  trace_id: string;
  span_id: string;
}

/** What tells a line's trace and span. Nobody does while traces are off. */
let contextOf: () => LogContext | undefined = () => undefined;

/** Lets lines name the span that they are written in, from now on. */
export function correlateLogs(source: () => LogContext | undefined): void {
  contextOf = source;
}

/**
 * A logger that writes one JSON object a line, in the form that docs/logs.md tells. The names of
 * that form are reserved: a field of the same name is left out.
 */
export function createLog(
  component: string,
  threshold: LogLevel,
  write: (line: string) => void = (line) => process.stdout.write(line),
): Log {
  const at =
    (level: LogLevel) =>
    (msg: string, fields: LogFields = {}) => {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(threshold)) return;
      const time = new Date().toISOString();
      const known = { time, level, component, msg, ...contextOf() };
      write(`${JSON.stringify({ ...known, ...fields, ...known })}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/**
 * The text of whatever was thrown, with its causes', because `fetch failed` alone helps nobody. A
 * refused connection to several addresses has its reasons inside.
 */
export function reason(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(reason).join("; ");
  }
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const message = error.message || String(code ?? error.name);
  return error.cause === undefined ? message : `${message}: ${reason(error.cause)}`;
}
