import { type Alert, oneLine, placeholders, type Recording } from "#observability/rules/model";
import type { Slo } from "#observability/rules/slos";

/** A pair of windows, and how many times too fast the budget burns in both of them. */
export interface Burn {
  /** How long what happened must have been bad. */
  long: string;
  /** How soon the alert ends once it is good again. */
  short: string;
  factor: number;
}

/**
 * Of 30 days' budget, the fast ones cost 2 % in an hour and 5 % in six, the slow ones 10 % in a day and
 * in three: The Site Reliability Workbook, chapter 5, "6: Multiwindow, Multi-Burn-Rate Alerts".
 */
export const burns: Record<"fast" | "slow", readonly Burn[]> = {
  fast: [
    { long: "1h", short: "5m", factor: 14.4 },
    { long: "6h", short: "30m", factor: 6 },
  ],
  slow: [
    { long: "1d", short: "2h", factor: 3 },
    { long: "3d", short: "6h", factor: 1 },
  ],
};

/**
 * The guard for low traffic: so many failures must stand behind a burn. Of ten requests in an hour a
 * single failure is a hundred times a budget of 0.1 %; five are an outage, however few requests came
 * (the same chapter's "Low-Traffic Services" has only remedies that invent traffic).
 */
export const MINIMUM_FAILURES = 5;

/** How often the rules of the shorter windows are evaluated, in seconds. */
export const STEP = 60;
export const LONG_STEP = 300;

/** Windows that are read a minute apart; the longer ones are read every five minutes. */
export const SHORT_WINDOWS = ["5m", "30m", "1h", "2h", "6h"] as const;
export const LONG_WINDOWS = ["1d", "3d", "30d"] as const;

const PREFIX = "mcp_mesh_slo";
export const EVENTS = `${PREFIX}:events:rate5m`;
export const FAILURES = `${PREFIX}:failures:rate5m`;
export const OBJECTIVE = `${PREFIX}:objective:ratio`;
export const BUDGET = `${PREFIX}:budget_remaining:ratio30d`;
export const ratioOver = (window: string) => `${PREFIX}:failures:ratio${window}`;
export const failuresOver = (window: string) => `${PREFIX}:failures:increase${window}`;

/** What each SLO counts: an event that nobody counted as failed went well. */
export function counts({ name, title, objective, events, failures }: Slo): Recording[] {
  const labels = { slo: name };
  return [
    {
      record: EVENTS,
      labels,
      expr: events,
      help: `${title}: events each second.`,
      unit: "per second",
    },
    {
      record: FAILURES,
      labels,
      // Without a failure so far there is no series of failures: then none of the events failed.
      expr: `(${failures}) or (${events}) * 0`,
      help: `${title}: failures each second.`,
      unit: "per second",
    },
    {
      record: OBJECTIVE,
      labels: { ...labels, namespace: placeholders.namespace },
      expr: `vector(${objective})`,
      help: `${title}: which part of the events is to go well.`,
      unit: "ratio",
    },
  ];
}

/**
 * The part of the events that failed within a window, of all SLOs at once. Sums of rates weigh each
 * moment by its traffic, as an average of ratios would not. Rates of five minutes that are read every
 * five minutes count each event once, and cost a fifth of reading them every minute.
 */
export function ratio(window: string): Recording {
  const range = rangeOf(window);
  const over = (metric: string) =>
    window === "5m" ? metric : `sum_over_time(${metric}[${range}])`;
  return {
    record: ratioOver(window),
    expr: `${over(FAILURES)} / ${over(EVENTS)}`,
    help: `The part of the events that failed within ${window}.`,
    unit: "ratio",
  };
}

/** How many events failed within a window; Prometheus evaluates these groups in fixed steps. */
export function failureCount(window: string): Recording {
  const step = isLong(window) ? LONG_STEP : STEP;
  return {
    record: failuresOver(window),
    expr: `sum_over_time(${FAILURES}[${rangeOf(window)}]) * ${step}`,
    help: `Events that failed within ${window}.`,
    unit: "number",
  };
}

/** Which part of the errors that 30 days may have is left; below 0, the promise is broken. */
export const budget: Recording = {
  record: BUDGET,
  expr: `1 - ${ratioOver("30d")} / on (namespace, slo) group_left () (1 - ${OBJECTIVE})`,
  help: "Which part of the error budget of 30 days is left; below 0 the promise is broken.",
  unit: "ratio",
};

/** The alerts of an SLO, never both at once: a fast burn, and one that only lasts. */
export function burnAlerts(slo: Slo): Alert[] {
  const { alert, failed, urgent, dashboard } = slo;
  const burning = (burn: keyof typeof burns) =>
    burns[burn].map((pair) => `(${condition(slo, pair)})`).join(" or ");
  return (["fast", "slow"] as const).map((burn) => ({
    alert,
    expr: burn === "fast" ? burning("fast") : `(${burning("slow")}) unless (${burning("fast")})`,
    for: burn === "fast" ? "2m" : "15m",
    severity: burn === "fast" && urgent ? "critical" : "warning",
    labels: { slo: slo.name, burn },
    summary: `{{ $value | humanizePercentage }} of the ${failed}`,
    description:
      burn === "fast"
        ? `At this pace the errors that are allowed in 30 days are used up within five days or sooner. Of 1,000, ${allowed(slo)} may fail.`
        : `For days, more fails than the promise allows: of 1,000, ${allowed(slo)} may. Nobody needs to get up for it; find the cause this week.`,
    dashboard,
  }));
}

function condition({ name, objective }: Slo, { long, short, factor }: Burn): string {
  const threshold = Number((factor * (1 - objective)).toPrecision(6));
  const of = (metric: string) => `${metric}{slo="${name}"}`;
  return oneLine(`
    ${of(ratioOver(long))} > ${threshold}
    and ${of(ratioOver(short))} > ${threshold}
    and ${of(failuresOver(long))} >= ${MINIMUM_FAILURES}
  `);
}

const allowed = ({ objective }: Slo) => Math.round((1 - objective) * 1000);
const isLong = (window: string) => LONG_WINDOWS.some((one) => one === window);
const rangeOf = (window: string) => (isLong(window) ? `${window}:5m` : window);
