import { type Area, type Group, oneLine } from "#observability/rules/model";
import { pods } from "#observability/rules/pods";

/** Of a workload, whatever its kind, under the label that other alerts have for it. */
const named = (kind: string, metric: string) =>
  `max by (namespace, service) (label_replace(${metric}, "service", "$1", "${kind}", "(.+)"))`;

const deployment = {
  wanted: named("deployment", "kube_deployment_spec_replicas"),
  there: named("deployment", "kube_deployment_status_replicas_available"),
};
const statefulSet = {
  wanted: named("statefulset", "kube_statefulset_replicas"),
  there: named("statefulset", "kube_statefulset_status_replicas_ready"),
};
const scaler = (metric: string) => named("horizontalpodautoscaler", metric);
const quota = (type: string) => `max by (namespace, resource) (kube_resourcequota{type="${type}"})`;
const volume = (metric: string) => `min by (namespace, persistentvolumeclaim) (${metric})`;
const LEFT = oneLine(`
  ${volume("kubelet_volume_stats_available_bytes")}
  / ${volume("kubelet_volume_stats_capacity_bytes")}
`);

const workloads: Group = {
  name: "workloads",
  rules: [
    {
      alert: "WorkloadDown",
      expr: oneLine(`
        (${deployment.there} == 0 and ${deployment.wanted} > 0)
        or (${statefulSet.there} == 0 and ${statefulSet.wanted} > 0)
      `),
      for: "5m",
      severity: "critical",
      summary: "No pod of {{ $labels.service }} is ready",
      description:
        "For five minutes {{ $labels.service }} has had no pod that takes requests. Whatever needs it fails.",
      dashboard: "capacity",
    },
    {
      alert: "ReplicasMissing",
      expr: oneLine(`
        ${deployment.wanted} - ${deployment.there} > 0
        or ${statefulSet.wanted} - ${statefulSet.there} > 0
      `),
      for: "15m",
      severity: "warning",
      summary: "{{ $labels.service }} lacks {{ $value }} of its replicas",
      description:
        "For a quarter of an hour {{ $labels.service }} has had fewer replicas than it should. It still works, but with less room, and one more failure may end it.",
      dashboard: "capacity",
    },
    {
      alert: "RolloutStuck",
      expr: oneLine(`
        ${named("deployment", 'kube_deployment_status_condition{condition="Progressing", status="false"}')} == 1
      `),
      for: "1m",
      severity: "warning",
      summary: "The rollout of {{ $labels.service }} does not get on",
      description:
        "Pods of the new version do not become ready within the time that they have. Those of the old one go on working.",
      dashboard: "capacity",
    },
    {
      alert: "JobFailed",
      expr: 'max by (namespace, job_name) (kube_job_failed{condition="true"}) > 0',
      for: "1m",
      severity: "warning",
      summary: "The job {{ $labels.job_name }} has failed",
      description:
        "Kubernetes has given up on the job {{ $labels.job_name }} after all its attempts. What it was to do is not done.",
      dashboard: "capacity",
    },
    {
      alert: "AutoscalerAtMaximum",
      expr: oneLine(`
        ${scaler("kube_horizontalpodautoscaler_status_desired_replicas")}
        >= ${scaler("kube_horizontalpodautoscaler_spec_max_replicas")}
        and ${scaler("kube_horizontalpodautoscaler_spec_max_replicas")}
        > ${scaler("kube_horizontalpodautoscaler_spec_min_replicas")}
      `),
      for: "30m",
      severity: "warning",
      summary: "{{ $labels.service }} cannot grow beyond {{ $value }} replicas",
      description:
        "For half an hour the autoscaler of {{ $labels.service }} has been at the most that it may set. If the load grows, answers get slower.",
      dashboard: "capacity",
    },
    {
      alert: "AutoscalerBlind",
      expr: oneLine(`
        ${scaler('kube_horizontalpodautoscaler_status_condition{condition="ScalingActive", status="false"}')} == 1
      `),
      for: "15m",
      severity: "warning",
      summary: "The autoscaler of {{ $labels.service }} does not scale",
      description:
        "For a quarter of an hour the autoscaler of {{ $labels.service }} has had no figures to go by. The number of replicas stays as it is, whatever the load.",
      dashboard: "capacity",
    },
  ],
};

const room: Group = {
  name: "room",
  rules: [
    {
      alert: "QuotaNearlyUsed",
      expr: `${quota("used")} / (${quota("hard")} > 0) > 0.9`,
      for: "15m",
      severity: "warning",
      summary: "{{ $value | humanizePercentage }} of the quota for {{ $labels.resource }} are used",
      description:
        "When the namespace's quota is used up, Kubernetes refuses new pods: rollouts and autoscaling stop, and a pod that ends is not replaced.",
      dashboard: "capacity",
    },
    {
      alert: "VolumeFilling",
      // The guard: a young volume's first hours say nothing about its week.
      expr: oneLine(`
        ${LEFT} < 0.4
        and ${volume("predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 86400)")} < 0
      `),
      for: "1h",
      severity: "warning",
      summary: "The volume {{ $labels.persistentvolumeclaim }} will be full within four days",
      description:
        "{{ $value | humanizePercentage }} of the volume {{ $labels.persistentvolumeclaim }} are left, and it fills as it did in the last six hours.",
      dashboard: "capacity",
    },
    {
      alert: "VolumeNearlyFull",
      expr: `${LEFT} < 0.05`,
      for: "5m",
      severity: "critical",
      summary:
        "The volume {{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left",
      description:
        "What writes to the volume {{ $labels.persistentvolumeclaim }} is about to stop: Postgres takes no more writes, Prometheus loses figures.",
      dashboard: "capacity",
    },
  ],
};

export const capacity: Area = {
  name: "capacity",
  title: "Deployment and capacity",
  groups: [workloads, pods, room],
};
