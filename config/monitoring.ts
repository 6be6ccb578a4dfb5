import { z } from "zod";
import type { Workload } from "#config/budget";
import { everywhere } from "#config/charts/alerting";
import { type Global, globalPart, type ImagePart, type PodPart } from "#config/charts/common";
import { type ObservabilityValues, observability } from "#config/charts/observability";
import {
  kubePrometheusStack,
  kubePrometheusStackArgs,
  RELEASE,
  ROUTES,
} from "#config/kube-prometheus-stack";
import { logs, logsArgs } from "#config/logs";
import type { StackSettings } from "#config/schema";

const { prometheus: operators } = globalPart.unwrap().shape;

/** What the chart takes and a stack may set; the rest follows from the stack. */
const parts = observability.omit({
  global: true,
  fullnameOverride: true,
  labels: true,
  annotations: true,
}).shape;

const bundled = z.strictObject({
  mode: z.literal("bundled"),
  ...everywhere,
  logs: logs.optional(),
  prometheus: parts.prometheus,
  kubeStateMetrics: parts.kubeStateMetrics,
  customMetrics: parts.customMetrics,
  alertmanager: parts.alertmanager.unwrap().omit({ configSecret: true }).prefault({}),
  grafana: parts.grafana
    .unwrap()
    .omit({ admin: true })
    .optional()
    .describe("With it, Grafana runs beside them, with a generated password."),
});

const existing = z.strictObject({
  mode: z.literal("existing"),
  ...everywhere,
  logs: logs.optional(),
  dashboardLabels: parts.dashboardLabels,
  namespace: operators
    .unwrap()
    .shape.namespace.default("monitoring")
    .describe("The Prometheus' own."),
  podLabels: operators
    .unwrap()
    .shape.labels.default({ "app.kubernetes.io/name": "prometheus" })
    .describe("Of the pods of the Prometheus, which are let in."),
  url: z.url().optional().describe("That Prometheus, for the page's charts; without it, none."),
});

const off = z.strictObject({ mode: z.literal("off") });

/** What a stack says about its monitoring. */
export const monitoring = z
  .discriminatedUnion("mode", [
    bundled,
    kubePrometheusStack.extend({ logs: logs.optional() }),
    existing,
    off,
  ])
  .prefault({ mode: "off" })
  .describe(
    "bundled: Prometheus, Alertmanager and, where asked for, Grafana of the stack's own. kube-prometheus-stack: that chart, with its operator. existing: monitors, rules and dashboards for an operator that is there. off: nothing.",
  );
export type Monitoring = z.output<typeof monitoring>;
type Bundled = z.output<typeof bundled>;

/** The Service of the stack's own Prometheus. */
export const PROMETHEUS = { name: "observability-prometheus", port: 9090 };

/** How every chart of the stack is found, and by whose pods: one way alone. */
export function discoveryOf(settings: Monitoring): Pick<Global, "monitoring" | "prometheus"> {
  const prometheus = operators.parse(undefined);
  switch (settings.mode) {
    case "bundled":
      return { monitoring: "annotations", prometheus };
    case "existing":
      return {
        monitoring: "operator",
        prometheus: { namespace: settings.namespace, labels: settings.podLabels },
      };
    case "kube-prometheus-stack":
      return {
        monitoring: "operator",
        prometheus: { ...prometheus, namespace: settings.namespace },
      };
    case "off":
      return { monitoring: "none", prometheus };
  }
}

/** Where the page finds figures. */
export function prometheusUrl({ monitoring, namespace }: StackSettings): string | undefined {
  if (monitoring.mode === "existing") return monitoring.url;
  if (monitoring.mode === "off") return undefined;
  if (monitoring.mode === "kube-prometheus-stack") {
    return `http://${RELEASE}-prometheus.${monitoring.namespace}.svc:9090`;
  }
  return `http://${PROMETHEUS.name}.${namespace}.svc:${PROMETHEUS.port}`;
}

/** Without Grafana's values there is no Grafana. */
type ChartValues = Omit<ObservabilityValues, "grafana"> &
  Partial<Pick<ObservabilityValues, "grafana">>;

/** Where traces go, where somebody takes them. */
export function tracingOf({ monitoring }: StackSettings) {
  return monitoring.mode !== "off" && monitoring.traces ? { tracing: monitoring.traces } : {};
}

/** What the chart observability takes; undefined where nothing watches. */
export function observabilityValues(
  settings: StackSettings,
  global: Global,
  callers: readonly string[],
  pinned: (image: ImagePart) => ImagePart,
): ChartValues | undefined {
  const { monitoring, guardrails, namespace } = settings;
  if (monitoring.mode === "off") return undefined;
  const { grafana: _none, ...defaults } = observability.parse({
    team: monitoring.team,
    links: linksOf(settings),
  });
  if (monitoring.mode === "existing") {
    const { dashboardLabels } = monitoring;
    return { ...defaults, global: { ...global, monitoring: "operator" }, dashboardLabels };
  }
  if (monitoring.mode === "kube-prometheus-stack") {
    const { receivers, teams, warningHours } = monitoring.alertmanager;
    const hours = warningHours ? { warningHours } : {};
    const configSecret = { name: ROUTES, namespace: monitoring.namespace };
    const alertmanager = { ...defaults.alertmanager, receivers, teams, ...hours, configSecret };
    return { ...defaults, global: { ...global, monitoring: "operator" }, alertmanager };
  }
  const part = <Part extends { image: ImagePart; pod: PodPart }>(values: Part): Part => ({
    ...values,
    image: pinned(values.image),
    pod: guardrails.priorityClasses
      ? { ...values.pod, priorityClassName: values.pod.priorityClassName || `${namespace}-data` }
      : values.pod,
  });
  const { prometheus, alertmanager, kubeStateMetrics, customMetrics, grafana } = monitoring;
  const { discovery, network } = prometheus;
  const values: ChartValues = {
    ...defaults,
    global: { ...global, monitoring: "annotations" },
    prometheus: {
      ...part(prometheus),
      discovery: discovery.image ? { ...discovery, image: pinned(discovery.image) } : discovery,
      network: { ...network, ingress: [...new Set([...network.ingress, ...callers])] },
    },
    alertmanager: part(alertmanager),
    kubeStateMetrics: part(kubeStateMetrics),
    customMetrics: part(customMetrics),
  };
  if (!grafana) return values;
  const admin = { existingSecret: "observability-grafana-admin" };
  return { ...values, grafana: { ...part(grafana), admin } };
}

/** The release that a stack makes, if it does. */
export function operatorRelease(settings: StackSettings, global: Global) {
  const { monitoring, namespace } = settings;
  if (monitoring.mode !== "kube-prometheus-stack") return undefined;
  return kubePrometheusStackArgs(monitoring, namespace, linksOf(settings), global);
}

/** What reads the pods' logs, if anything does. */
export function logsRelease({ monitoring, namespace }: StackSettings, global: Global) {
  if (monitoring.mode === "off" || !monitoring.logs) return undefined;
  return logsArgs(monitoring.logs, namespace, global);
}

/** Where alerts lead; what the stack doesn't say follows from the page's host. */
function linksOf({ monitoring, dashboard }: StackSettings) {
  if (monitoring.mode === "off") return {};
  const host = dashboard?.route?.hostnames[0] ?? dashboard?.ingress?.host;
  return { ...(host ? { runbooks: `https://${host}/runbooks` } : {}), ...monitoring.links };
}

/** What of the stack's quota it uses: pods, one of each, and volumes. */
export function monitoringNeeds(settings: Monitoring): {
  workloads: Workload[];
  volumes: string[];
} {
  if (settings.mode !== "bundled") return { workloads: [], volumes: [] };
  const { prometheus, alertmanager, grafana, customMetrics } = settings;
  const adapters = customMetrics.certificate ? customMetrics.replicas + 1 : 0;
  const single = (name: string, part: Pick<Bundled["prometheus"], "resources"> | undefined) =>
    part ? [{ name, pods: 1, resources: part.resources }] : [];
  return {
    workloads: [
      ...single("prometheus", prometheus),
      ...single("prometheus' discovery", prometheus.discovery.image && prometheus.discovery),
      ...single("alertmanager", alertmanager),
      // One more while it is updated.
      { name: "kube-state-metrics", pods: 2, resources: settings.kubeStateMetrics.resources },
      ...(adapters > 0
        ? [{ name: "custom-metrics", pods: adapters, resources: customMetrics.resources }]
        : []),
      ...single("grafana", grafana),
    ],
    volumes: [prometheus, alertmanager, grafana].flatMap((part) => part?.storage.size ?? []),
  };
}
