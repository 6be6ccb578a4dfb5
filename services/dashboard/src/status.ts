import type { AgentFigures, Alert, Backup, StatusAnswer, Workload } from "./api.ts";
import type { ActiveAlert, Prometheus, Sample } from "./prometheus.ts";
import { filled, type StatusQuery, statusQueries } from "./queries.ts";

/** What is shown of Prometheus' answers. */
export type Reading = Pick<StatusAnswer, "alerts" | "backup" | "workloads" | "agents">;

/** More than a mesh has; a runaway set of series does not become an endless answer. */
const MOST_ALERTS = 200;
const MOST_WORKLOADS = 5_000;
const MOST_TEXT = 1_000;

const SEVERITIES = ["critical", "warning"];
const rank = ({ state, severity }: Alert) => {
  const place = SEVERITIES.indexOf(severity);
  return (state === "firing" ? 0 : 10) + (place < 0 ? SEVERITIES.length : place);
};

/** Three digits: nobody reads more, and what has not really changed is not sent again. */
const short = (value: number) => Number(value.toPrecision(3));
const cut = (text = "") => text.slice(0, MOST_TEXT);
const isWebAddress = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text);

function alertOf(
  { labels, annotations, state, activeAt }: ActiveAlert,
  runbooks: ReadonlySet<string>,
): Alert {
  const { alertname = "", severity = "", ...others } = labels;
  const book = annotations.runbook_url?.split(/[?#]/)[0]?.split("/").at(-1) ?? alertname;
  const board = annotations.dashboard_url ?? "";
  return {
    name: alertname,
    severity,
    state: state === "firing" ? "firing" : "pending",
    since: activeAt.toISOString(),
    summary: cut(annotations.summary),
    description: cut(annotations.description),
    labels: others,
    ...(runbooks.has(book) ? { runbook: `runbooks/${book}` } : {}),
    ...(isWebAddress(board) ? { dashboard: board } : {}),
  };
}

/**
 * The alerts that concern this namespace, the worst first. One without a namespace is about something
 * that is gone altogether: it is ours if there is a runbook for it. The alert that always fires, and so
 * proves that alerts arrive, is none to look at.
 */
export function alertsOf(
  active: readonly ActiveAlert[],
  namespace: string,
  runbooks: ReadonlySet<string>,
): Alert[] {
  return active
    .filter(({ labels }) => labels.severity !== "none")
    .filter(({ labels }) =>
      labels.namespace === undefined
        ? runbooks.has(labels.alertname ?? "")
        : labels.namespace === namespace,
    )
    .map((alert) => alertOf(alert, runbooks))
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
    .slice(0, MOST_ALERTS);
}

type Figures = Record<StatusQuery, Sample[]>;

const byService = (samples: readonly Sample[]) =>
  new Map(
    samples
      .filter(({ value }) => Number.isFinite(value))
      .map(({ labels, value }) => [labels.service ?? "", value]),
  );

function agentsOf(figures: Figures): Record<string, AgentFigures> {
  const [calls, failed, p95, sessions, inFlight] = (
    ["calls", "failed", "p95", "sessions", "inFlight"] as const
  ).map((query) => byService(figures[query]));
  const names = new Set([calls, sessions, inFlight].flatMap((of) => [...(of?.keys() ?? [])]));
  const sorted = [...names].filter((name) => name !== "").toSorted();
  return Object.fromEntries(
    sorted.slice(0, MOST_WORKLOADS).map((name): [string, AgentFigures] => {
      const rate = calls?.get(name) ?? 0;
      const figure = <Key extends string>(key: Key, value: number | undefined) =>
        value === undefined ? {} : ({ [key]: short(value) } as Record<Key, number>);
      return [
        name,
        {
          callsPerSecond: short(rate),
          ...(rate > 0 ? figure("errorRatio", (failed?.get(name) ?? 0) / rate) : {}),
          ...figure("p95Seconds", p95?.get(name)),
          ...figure("sessions", sessions?.get(name)),
          ...figure("inFlight", inFlight?.get(name)),
        },
      ];
    }),
  );
}

function workloadsOf({ targets, up, versions }: Figures): Workload[] {
  const key = ({ labels }: Sample) => `${labels.job}/${labels.service}`;
  const alive = new Map(up.map((sample) => [key(sample), sample.value]));
  const running = new Map<string, string[]>();
  for (const { labels } of versions) {
    const { service = "", version = "" } = labels;
    running.set(service, [...(running.get(service) ?? []), version].toSorted());
  }
  return targets
    .map((sample): Workload => {
      const { job = "", service = "" } = sample.labels;
      const version = running.get(service)?.join(", ");
      return {
        name: service || job,
        job,
        up: alive.get(key(sample)) ?? 0,
        targets: sample.value,
        ...(version ? { version } : {}),
      };
    })
    .toSorted((a, b) => a.job.localeCompare(b.job) || a.name.localeCompare(b.name))
    .slice(0, MOST_WORKLOADS);
}

function backupOf(figures: Figures): Backup | undefined {
  const one = (query: StatusQuery) => figures[query][0]?.value;
  const enabled = one("backupEnabled");
  if (enabled === undefined) return undefined;
  const time = <Key extends keyof Backup>(key: Key, query: StatusQuery) => {
    const seconds = one(query);
    return seconds ? { [key]: new Date(seconds * 1000).toISOString() } : {};
  };
  return {
    enabled: enabled === 1,
    ...time("lastSuccess", "backupSuccess"),
    ...time("lastVerified", "backupVerified"),
    ...time("archived", "archived"),
  };
}

/** Asks Prometheus for all that `api/status` shows; all of it, or it rejects. */
export async function readStatus(
  prometheus: Prometheus,
  namespace: string,
  runbooks: ReadonlySet<string>,
): Promise<Reading> {
  const [active, ...answers] = await Promise.all([
    prometheus.alerts(),
    ...Object.entries(statusQueries).map(async ([name, query]) => [
      name,
      await prometheus.instant(filled(query, { namespace })),
    ]),
  ]);
  const figures = Object.fromEntries(answers as [StatusQuery, Sample[]][]) as Figures;
  const backup = backupOf(figures);
  return {
    alerts: alertsOf(active, namespace, runbooks),
    ...(backup ? { backup } : {}),
    workloads: workloadsOf(figures),
    agents: agentsOf(figures),
  };
}
