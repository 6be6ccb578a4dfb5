import { z } from "zod";
import { alerting, everywhere } from "#config/charts/alerting";
import type { Global } from "#config/charts/common";
import { resourcesOf } from "#config/charts/common";
import { objectName } from "#config/charts/kubernetes-words";
import { duration, observability, storage } from "#config/charts/observability";
import { replicas } from "#config/shapes";

const { prometheus, alertmanager } = observability.shape;
const own = prometheus.unwrap().shape;

/** Two of each, on different nodes: one of them may go while a node is drained. */
const PAIR = replicas.default(2);

export const kubePrometheusStack = z.strictObject({
  mode: z.literal("kube-prometheus-stack"),
  ...everywhere,
  namespace: objectName
    .default("monitoring")
    .describe("Where it goes: one that is there, with the receivers' Secrets in it."),
  crds: z
    .enum(["release", "present"])
    .describe(
      "Who brings the operator's definitions, which are the whole cluster's: the release, whose job also upgrades them, or somebody else, who has.",
    ),
  prometheus: z
    .strictObject({
      replicas: PAIR,
      scrapeInterval: own.scrapeInterval,
      externalLabels: own.externalLabels,
      retention: z
        .strictObject({
          time: duration.default("15d"),
          size: own.retention.unwrap().shape.size.unwrap().default("40GB"),
        })
        .prefault({}),
      storage: storage("50Gi"),
      resources: resourcesOf(["250m", "2Gi", "256Mi"], ["2", "4Gi", "1Gi"]),
    })
    .prefault({}),
  alertmanager: z
    .strictObject({
      ...alerting,
      replicas: PAIR,
      retention: alertmanager.unwrap().shape.retention,
      storage: storage("2Gi"),
      resources: resourcesOf(["20m", "64Mi", "32Mi"], ["200m", "256Mi", "128Mi"]),
    })
    .prefault({}),
  grafana: z
    .strictObject({
      storage: storage("5Gi"),
      resources: resourcesOf(["50m", "256Mi", "64Mi"], ["500m", "512Mi", "256Mi"]),
    })
    .prefault({}),
});
export type KubePrometheusStackSettings = z.output<typeof kubePrometheusStack>;

/** The release's name; the chart calls its Services by it. */
export const RELEASE = "kube-prometheus-stack";
/** The Secret that its Alertmanager takes the routes from. */
export const ROUTES = "mcp-mesh-alertmanager";

/** What the component takes; `mesh` is the namespace of what is watched. */
export function kubePrometheusStackArgs(
  settings: KubePrometheusStackSettings,
  mesh: string,
  links: Record<string, string | undefined>,
  global: Global,
) {
  const { namespace, crds, prometheus, alertmanager, grafana } = settings;
  const { receivers, teams, warningHours: _hours, ...server } = alertmanager;
  const told = [receivers, ...Object.values(teams)].flatMap((severities) =>
    Object.values(severities).flatMap((ways) => Object.values(ways)),
  );
  const named = told.flatMap(({ existingSecret }) => existingSecret ?? []);
  return {
    namespace,
    crds,
    watched: mesh,
    global,
    links,
    prometheus,
    alertmanager: {
      ...server,
      configSecret: ROUTES,
      secrets: [...new Set(named)].toSorted(),
    },
    grafana,
  };
}
