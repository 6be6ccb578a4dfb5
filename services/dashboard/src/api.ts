import type { MeshAnswer } from "./mesh.ts";

/**
 * What the server answers and the page shows. Addresses are relative to the page. Those of `Answers`
 * need a session and answer 401 without one; a session's cookie is never readable by scripts.
 */
export interface Answers {
  "api/mesh": MeshAnswer;
  "api/status": StatusAnswer;
  "api/charts": ChartsAnswer;
  /** `?range=` takes one of `chartRanges`; there is one address for each chart. */
  "api/charts/ID": ChartAnswer;
}

/** What every answer with a status of 400 and more says; for people, as it stands. */
export interface ErrorAnswer {
  error: string;
}

/** `GET api/session`, which needs no session. */
export interface SessionAnswer {
  /** Without one, the page shows its login. */
  user?: User;
  login: {
    /** Whether a name and a password can be sent to `api/login`. */
    local: boolean;
    /** A link to `oidc/start` logs in by it. */
    oidc?: {
      label: string;
      /** Why that would fail now, such as a provider that does not answer. */
      problem?: string;
      /** Where a link leads that also ends the session at the provider, after `api/logout`. */
      logout?: "oidc/logout";
    };
  };
  /** Of the dashboard. */
  version: string;
}

export interface User {
  name: string;
  /** `none`: the deployment lets everybody in who reaches the page; there is no logout either. */
  via: "local" | "oidc" | "none";
}

/** The body of `POST api/login`: 204, or 401 or 429 with an error. */
export interface LoginRequest {
  name: string;
  password: string;
}

/** What the page is opened with as `?error=` when a login by OpenID Connect did not work. */
export const loginProblems = {
  expired: "That login took too long, or was begun in another browser. Log in again.",
  refused: "The identity provider did not log you in.",
  "not-allowed": "You are who you say, but nobody let you see this page. Ask whoever runs it.",
  unavailable: "The identity provider does not answer. Log in again in a minute.",
  failed: "The identity provider's answer was not what it should be. The server's log says more.",
} as const;
export type LoginProblem = keyof typeof loginProblems;

/**
 * Where the page goes after a login, given as `?next=` to it and to `oidc/start`: a runbook and nothing
 * else, so that no link can lead elsewhere. Undefined for everything that is not one.
 */
export function nextOf(search: string): string | undefined {
  const next = new URLSearchParams(search).get("next") ?? "";
  return /^runbooks\/[A-Za-z0-9-]*$/.test(next) ? next : undefined;
}

/** `GET api/status`: how it is, as Prometheus has it. Times are ISO 8601. */
export interface StatusAnswer {
  /** When Prometheus was last asked with success; else when the server began to ask. */
  at: string;
  /** `off`: there is none. With `failed`, the rest is what it last said. */
  prometheus: { state: "ok" | "off" | "failed"; reason?: string };
  /** The worst first. */
  alerts: Alert[];
  /** Absent where no database tells of backups. */
  backup?: Backup;
  workloads: Workload[];
  /** By the workload's name, as an agent's endpoint has it. Agents that count nothing are absent. */
  agents: Record<string, AgentFigures>;
  /** Templates: the page fills in `{namespace}` and `{service}`, encoded as parts of an address. */
  links: Links;
}

export interface Alert {
  name: string;
  severity: string;
  state: "firing" | "pending";
  since: string;
  summary: string;
  description: string;
  labels: Record<string, string>;
  /** Relative, such as `runbooks/RegistryDown`; only if there is that runbook. */
  runbook?: string;
  /** An http or https address. */
  dashboard?: string;
}

export interface Backup {
  enabled: boolean;
  lastSuccess?: string;
  lastVerified?: string;
  /** When the last write-ahead log was archived. */
  archived?: string;
}

export interface Workload {
  name: string;
  /** Its component: registry, agent, dashboard, postgres, … */
  job: string;
  /** How many of its targets answer Prometheus. */
  up: number;
  targets: number;
  /** Several while it is updated, separated by commas. */
  version?: string;
}

export interface AgentFigures {
  callsPerSecond: number;
  /** Failed calls of all; absent without calls. */
  errorRatio?: number;
  p95Seconds?: number;
  /** Open sessions; absent for agents that have none. */
  sessions?: number;
  inFlight?: number;
}

export interface Links {
  grafana?: string;
  logs?: string;
  traces?: string;
}

export interface ChartsAnswer {
  charts: Chart[];
}

export interface Chart {
  id: string;
  title: string;
  description: string;
  unit: "perSecond" | "ratio" | "seconds" | "bytes" | "count" | "cores";
  group: "agents" | "registry" | "database" | "capacity";
}

/** Seconds that a chart can show: a quarter of an hour to a week. */
export const chartRanges = [900, 3600, 21_600, 86_400, 604_800] as const;
export type ChartRange = (typeof chartRanges)[number];

export interface ChartAnswer {
  at: string;
  /** Seconds between two times. */
  step: number;
  /** Unix seconds. */
  times: number[];
  series: { name: string; values: (number | null)[] }[];
}
