import { slos } from "#observability/rules/slos";
import { type AlertCase, critical, series, target, warning } from "#test/observability/cases/case";

/** Counters that grow by so much each minute, in one stretch after the other. */
export type Stretch = { minutes: number; good: number; bad: number };

const requests = (job: string) => `mcp_mesh_${job}_request_duration_seconds`;
const calls = "mcp_mesh_tool_call_duration_seconds_count";
const dependencies = "mcp_mesh_dependency_call_duration_seconds_count";
const registry = { ...target("registry"), route: "/heartbeat" };
const greeter = target("agent", "greeter");

/** The series by which an SLO counts: what went well and what did not. */
const counted: Record<string, (good: string, bad: string, all: string) => Record<string, string>> =
  {
    "registry-availability": (good, bad) => ({
      [series(`${requests("registry")}_count`, { ...registry, status: "200" })]: good,
      [series(`${requests("registry")}_count`, { ...registry, status: "500" })]: bad,
    }),
    "registry-latency": (good, _, all) => ({
      [series(`${requests("registry")}_bucket`, { ...registry, status: "200", le: "0.25" })]: good,
      [series(`${requests("registry")}_count`, { ...registry, status: "200" })]: all,
    }),
    "agent-calls": (good, bad) => ({
      [series(calls, { ...greeter, tool: "greet", outcome: "ok" })]: good,
      [series(calls, { ...greeter, tool: "greet", outcome: "failed" })]: bad,
    }),
    "dependency-calls": (good, bad) => ({
      [series(dependencies, { ...greeter, capability: "echo", outcome: "ok" })]: good,
      [series(dependencies, { ...greeter, capability: "echo", outcome: "failed" })]: bad,
    }),
    dashboard: (good, bad) => ({
      [series(`${requests("dashboard")}_count`, {
        ...target("dashboard"),
        route: "/",
        status: "200",
      })]: good,
      [series(`${requests("dashboard")}_count`, {
        ...target("dashboard"),
        route: "/",
        status: "502",
      })]: bad,
    }),
  };

/** What an SLO's series are over some stretches of a traffic; a sample each minute. */
export function traffic(slo: string, stretches: readonly Stretch[]): Record<string, string> {
  const grow = (by: (stretch: Stretch) => number) => {
    let value = 0;
    const parts = stretches.map((stretch) => {
      const text = `${value}+${by(stretch)}x${stretch.minutes - 1}`;
      value += by(stretch) * stretch.minutes;
      return text;
    });
    return parts.join(" ");
  };
  const written = counted[slo]?.(
    grow(({ good }) => good),
    grow(({ bad }) => bad),
    grow(({ good, bad }) => good + bad),
  );
  if (!written) throw new Error(`Say by which series ${slo} counts.`);
  return written;
}

const whose: Record<string, { job: string; service: string }> = {
  "agent-calls": { job: "agent", service: "greeter" },
  "dependency-calls": { job: "agent", service: "greeter" },
  dashboard: { job: "dashboard", service: "dashboard" },
};
const every = "1m";
const well = (minutes: number): Stretch => ({ minutes, good: 1000, bad: 0 });

export const serviceLevelCases: AlertCase[] = slos.flatMap(
  ({ name, alert, objective, urgent }): AlertCase[] => {
    const labels = { ...(whose[name] ?? { job: "registry", service: "registry" }), slo: name };
    // Of 1,000, so many fail when the budget burns that many times too fast.
    const burning = (factor: number) => Math.round(factor * (1 - objective) * 1000);
    const failing = (minutes: number, factor: number) => ({
      minutes,
      good: 1000 - burning(factor),
      bad: burning(factor),
    });
    const part = (factor: number) => `${Number(((burning(factor) / 1000) * 100).toPrecision(4))}%`;
    const when = (text: string, stretches: Stretch[], at: string) => ({
      when: `${name}: ${text}`,
      series: traffic(name, stretches),
      at,
      every,
    });
    const few = [
      { minutes: 4, good: 0, bad: 1 },
      { minutes: 60, good: 0, bad: 0 },
    ];
    return [
      {
        alert,
        fires: {
          ...when("the budget burns twenty times too fast", [failing(60, 20)], "50m"),
          labels: { ...(urgent ? critical : warning), ...labels, burn: "fast" },
          value: part(20),
        },
        silent: [
          when("it burns five times too fast for a while", [well(50), failing(10, 5)], "59m"),
          when("four failed just now, and nobody else came", few, "8m"),
        ],
      },
      {
        alert,
        fires: {
          ...when("it burns four times too fast", [failing(60, 4)], "50m"),
          labels: { ...warning, ...labels, burn: "slow" },
          value: part(4),
        },
        silent: [when("four failed, and nobody came since", few, "55m")],
      },
    ];
  },
);

/** With a whole day before it, which takes promtool its time: of one SLO, for the rules are the same. */
export const dayCases: AlertCase["silent"] = [
  {
    when: "everything failed for ten minutes of a day, forty minutes ago",
    series: traffic("agent-calls", [well(1320), { minutes: 10, good: 0, bad: 20 }, well(60)]),
    at: "1371m",
    every,
  },
  {
    when: "the budget burned four times too fast for two hours of a day",
    series: traffic("agent-calls", [well(1320), { minutes: 120, good: 980, bad: 20 }]),
    at: "1435m",
    every,
  },
];
