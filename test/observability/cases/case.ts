/** Series in promtool's notation, and when they are looked at. */
export interface Situation {
  /** What makes it this one, for the test's title. */
  when: string;
  series: Record<string, string>;
  at: string;
  /** How far apart samples and evaluations are; 15s if absent. */
  every?: string;
}

/** A situation in which an alert fires, and some that come close without it. */
export interface AlertCase {
  alert: string;
  fires: Situation & {
    labels: Record<string, string>;
    /** What the text has in the place of `{{ $value … }}`. */
    value?: string;
  };
  silent: Situation[];
}

/** The namespace that the rules under test are about. */
export const NAMESPACE = "n";

export type Labels = Record<string, string>;

/** A series' name as PromQL writes it. */
export const series = (name: string, labels: Labels): string => {
  const all = Object.entries({ namespace: NAMESPACE, ...labels });
  return `${name}{${all.map(([key, value]) => `${key}="${value}"`).join(", ")}}`;
};

/** The labels of a pod that Prometheus scrapes. */
export const target = (job: string, service: string = job, pod = "a"): Labels => ({
  job,
  service,
  pod,
});

/** The labels of what kube-state-metrics tells; it is itself the target. */
export const told = (labels: Labels): Labels => ({
  job: "kube-state-metrics",
  service: "kube-state-metrics",
  ...labels,
});

export const critical = { severity: "critical", team: "mesh", namespace: NAMESPACE };
export const warning = { severity: "warning", team: "mesh", namespace: NAMESPACE };
