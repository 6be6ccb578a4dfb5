/** What a rule records, for the reference; the name says level, what, and how. */
export interface Recording {
  record: string;
  expr: string;
  labels?: Record<string, string>;
  help: string;
  unit: string;
}

export type Severity = "critical" | "warning" | "none";

/** A dashboard's name in its uid, `mcp-mesh-<name>`: where the alert's reader looks next. */
export type DashboardName = "overview" | "registry" | "agents" | "postgres" | "capacity";

export interface Alert {
  alert: string;
  expr: string;
  for?: string;
  /** How much longer a cause is told than it lasts, so that what follows from it ends first. */
  keepFiringFor?: string;
  severity: Severity;
  /** Of the rule; those of the series come from the expression. */
  labels?: Record<string, string>;
  /** One line that says what is broken, and of whom. */
  summary: string;
  /** What it means for those who use the mesh. */
  description: string;
  dashboard: DashboardName;
}

export type Rule = Recording | Alert;

export interface Group {
  name: string;
  /** How often it is evaluated; Prometheus' own interval if absent. */
  interval?: string;
  rules: readonly Rule[];
}

/** The groups of one file of the chart, which are about one thing. */
export interface Area {
  name: string;
  title: string;
  groups: readonly Group[];
}

export const isAlert = (rule: Rule): rule is Alert => "alert" in rule;

/** The labels of a workload that Prometheus scrapes; every replica counts, none is named. */
export const WORKLOAD = "namespace, job, service";

/** Where the region stands by, the registry refuses registrations: that is how it should be. */
export const unlessStandby = (expr: string): string =>
  `(${expr}) unless on (namespace) max by (namespace) (mcp_mesh_registry_read_only) == 1`;

/** Joins the lines of an expression that is written as a template over several. */
export const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** What the chart puts something in the place of: each stack has its own. */
export const placeholders = {
  namespace: "__NAMESPACE__",
  runbooks: "__RUNBOOKS__",
  dashboards: "__DASHBOARDS__",
} as const;
