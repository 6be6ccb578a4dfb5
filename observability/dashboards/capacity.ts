import { NoUnit, PercentUnit } from "@grafana/grafana-foundation-sdk/units";
import type { DashboardSpec } from "#observability/dashboards/dashboard";
import { by, rate, series } from "#observability/dashboards/expressions";
import { monitoring } from "#observability/dashboards/monitoring";
import type { PanelSpec } from "#observability/dashboards/panels";

const CONTAINERS = 'container!=""';
const POD = ["pod", "container"];
const limits = (resource: string) =>
  by(POD, series("kube_pod_container_resource_limits", `resource="${resource}"`));
const volumes = (metric: string) => by(["persistentvolumeclaim"], series(metric));

const rollout: PanelSpec[] = [
  {
    kind: "graph",
    title: "Versions",
    description: "Pods by workload and version; two versions of a workload are a rollout.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["service", "version"], series("mcp_mesh_build_info"), "count"),
        legend: "{{service}} {{version}}",
      },
    ],
    stacked: true,
  },
  {
    kind: "graph",
    title: "Replicas that are missing",
    description: "Replicas that are wanted and not available, by workload.",
    unit: NoUnit,
    queries: [
      {
        expr: `${by(["deployment"], series("kube_deployment_spec_replicas"))} - ${by(["deployment"], series("kube_deployment_status_replicas_available"))}`,
        legend: "{{deployment}}",
      },
      {
        expr: `${by(["statefulset"], series("kube_statefulset_replicas"))} - ${by(["statefulset"], series("kube_statefulset_status_replicas_ready"))}`,
        legend: "{{statefulset}}",
      },
    ],
    absentWhen: "no-cluster-metrics",
    thresholds: { warning: 1 },
  },
  {
    kind: "graph",
    title: "Pods by phase",
    description: "All pods of the namespace, by phase.",
    unit: NoUnit,
    queries: [{ expr: by(["phase"], series("kube_pod_status_phase")), legend: "{{phase}}" }],
    absentWhen: "no-cluster-metrics",
    stacked: true,
  },
  {
    kind: "graph",
    title: "Restarts",
    description: "Restarts of containers within the last hour.",
    unit: NoUnit,
    queries: [
      {
        expr: by(POD, `increase(${series("kube_pod_container_status_restarts_total")}[1h])`),
        legend: "{{pod}} {{container}}",
      },
    ],
    absentWhen: "no-cluster-metrics",
    thresholds: { warning: 1 },
  },
];

const scaling: PanelSpec[] = [
  {
    kind: "graph",
    title: "Replicas wanted by autoscalers",
    description: "What each autoscaler wants, and the most that it may set.",
    unit: NoUnit,
    queries: [
      {
        expr: by(
          ["horizontalpodautoscaler"],
          series("kube_horizontalpodautoscaler_status_desired_replicas"),
        ),
        legend: "{{horizontalpodautoscaler}}",
      },
      {
        expr: by(
          ["horizontalpodautoscaler"],
          series("kube_horizontalpodautoscaler_spec_max_replicas"),
        ),
        legend: "{{horizontalpodautoscaler}} at most",
      },
    ],
    absentWhen: "no-autoscaler",
  },
  {
    kind: "graph",
    title: "Requests in flight per pod",
    description: "What agents are scaled by where they are scaled by load.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["service"], series("mcp_mesh_requests_in_flight"), "avg"),
        legend: "{{service}}",
      },
    ],
  },
];

const resources: PanelSpec[] = [
  {
    kind: "graph",
    title: "Memory of its limit",
    description: "The part of a container's limit that is in use; at 100 % it is killed.",
    unit: PercentUnit,
    queries: [
      {
        expr: `${by(POD, series("container_memory_working_set_bytes", CONTAINERS))} / ${limits("memory")}`,
        legend: "{{pod}} {{container}}",
      },
    ],
    absentWhen: "no-kubelet",
    thresholds: { warning: 0.8, critical: 0.95 },
  },
  {
    kind: "graph",
    title: "CPU of its limit",
    description: "The part of a container's limit that is in use; at 100 % it is slowed down.",
    unit: PercentUnit,
    queries: [
      {
        expr: `${by(POD, rate("container_cpu_usage_seconds_total", CONTAINERS))} / ${limits("cpu")}`,
        legend: "{{pod}} {{container}}",
      },
    ],
    absentWhen: "no-kubelet",
    thresholds: { warning: 0.8 },
  },
  {
    kind: "graph",
    title: "Held back by the CPU limit",
    description: "The part of the periods in which a container had to wait for its limit.",
    unit: PercentUnit,
    queries: [
      {
        expr: `${by(POD, rate("container_cpu_cfs_throttled_periods_total", CONTAINERS))} / ${by(POD, rate("container_cpu_cfs_periods_total", CONTAINERS))}`,
        legend: "{{pod}} {{container}}",
      },
    ],
    absentWhen: "no-kubelet",
    thresholds: { warning: 0.25 },
  },
  {
    kind: "graph",
    title: "Requested of the nodes",
    description: "CPU that all pods of the namespace have requested, in cores, by container.",
    unit: NoUnit,
    queries: [
      {
        expr: by(["container"], series("kube_pod_container_resource_requests", 'resource="cpu"')),
        legend: "{{container}}",
      },
    ],
    absentWhen: "no-cluster-metrics",
    stacked: true,
  },
];

const room: PanelSpec[] = [
  {
    kind: "graph",
    title: "Volumes",
    description: "The part of each volume that is full.",
    unit: PercentUnit,
    queries: [
      {
        expr: `1 - ${volumes("kubelet_volume_stats_available_bytes")} / ${volumes("kubelet_volume_stats_capacity_bytes")}`,
        legend: "{{persistentvolumeclaim}}",
      },
    ],
    absentWhen: "no-kubelet",
    thresholds: { warning: 0.8, critical: 0.9 },
    max: 1,
  },
  {
    kind: "graph",
    title: "Quota",
    description: "The part of the namespace's quota that is used, by resource.",
    unit: PercentUnit,
    queries: [
      {
        expr: `${by(["resource"], series("kube_resourcequota", 'type="used"'))} / (${by(["resource"], series("kube_resourcequota", 'type="hard"'))} > 0)`,
        legend: "{{resource}}",
      },
    ],
    absentWhen: "no-quota",
    thresholds: { warning: 0.9 },
  },
];

export const capacity: DashboardSpec = {
  uid: "mcp-mesh-capacity",
  title: "MCP Mesh: deployment and capacity",
  description: "What is rolled out, how it scales, and how much room is left.",
  rows: [
    { title: "Rollout", panels: rollout },
    { title: "Scaling", panels: scaling },
    { title: "Resources", panels: resources },
    { title: "Room", panels: room },
    { title: "The monitoring itself", panels: monitoring },
  ],
};
