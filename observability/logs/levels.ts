/** The only values of the label `level`, and the words (in lower case) that come to each. */
export const levels = {
  error: ["error", "err", "e", "fatal", "f", "panic", "dpanic", "critical", "crit", "alert"],
  warn: ["warn", "warning", "w"],
  info: ["info", "i", "information", "log", "notice", "statement", "detail", "hint", "context"],
  debug: ["debug", "d", "debug1", "debug2", "debug3", "debug4", "debug5", "trace", "verbose"],
} as const;

/** pino's and bunyan's numbers. */
const numbers: Record<keyof typeof levels, readonly string[]> = {
  error: ["50", "60"],
  warn: ["40"],
  info: ["30"],
  debug: ["10", "20"],
};

/** A line that does not say how bad it is. */
export const UNKNOWN = "unknown";

/** The template, in Go's language, that makes one of the levels of whatever a line calls its own. */
export function levelTemplate(): string {
  const branches = (Object.keys(levels) as (keyof typeof levels)[]).map((level, index) => {
    const words = [...levels[level], ...numbers[level]].join("|");
    return `{{ ${index > 0 ? "else if" : "if"} regexMatch "^(${words})$" $said }}${level}`;
  });
  return `{{ $said := .level | default "" | lower }}${branches.join("")}{{ else }}${UNKNOWN}{{ end }}`;
}
