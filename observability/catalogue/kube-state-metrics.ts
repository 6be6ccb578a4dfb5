import { exportedBy } from "#observability/catalogue/metric";

const deployment = ["namespace", "deployment"];
const statefulSet = ["namespace", "statefulset"];
const pod = ["namespace", "pod", "uid"];
const container = [...pod, "container"];
const scaler = ["namespace", "horizontalpodautoscaler"];
const job = ["namespace", "job_name"];

/** Of kube-state-metrics 2: what the API server knows of this namespace. */
export const kubeStateMetrics = exportedBy("kube-state-metrics", [
  ["gauge", "kube_deployment_spec_replicas", "Replicas wanted.", deployment],
  ["gauge", "kube_deployment_status_replicas_available", "Replicas available.", deployment],
  [
    "gauge",
    "kube_deployment_status_condition",
    "1 for the status that a condition of a deployment has.",
    [...deployment, "condition", "reason", "status"],
  ],
  ["gauge", "kube_statefulset_replicas", "Replicas wanted.", statefulSet],
  ["gauge", "kube_statefulset_status_replicas_ready", "Replicas ready.", statefulSet],
  ["gauge", "kube_pod_status_phase", "1 for the pod's phase.", [...pod, "phase"]],
  ["gauge", "kube_pod_status_ready", "1 for whether the pod is ready.", [...pod, "condition"]],
  ["counter", "kube_pod_container_status_restarts_total", "Restarts.", container],
  [
    "gauge",
    "kube_pod_container_status_waiting_reason",
    "1 for why a container waits.",
    [...container, "reason"],
  ],
  [
    "gauge",
    "kube_pod_container_status_last_terminated_reason",
    "1 for why a container last ended.",
    [...container, "reason"],
  ],
  [
    "gauge",
    "kube_pod_container_resource_requests",
    "What a container requests; cores or bytes, as `unit` says.",
    [...container, "node", "resource", "unit"],
  ],
  [
    "gauge",
    "kube_pod_container_resource_limits",
    "What a container may use; cores or bytes, as `unit` says.",
    [...container, "node", "resource", "unit"],
  ],
  [
    "gauge",
    "kube_horizontalpodautoscaler_spec_max_replicas",
    "The most replicas that an autoscaler may set.",
    scaler,
  ],
  [
    "gauge",
    "kube_horizontalpodautoscaler_spec_min_replicas",
    "The fewest replicas that an autoscaler may set.",
    scaler,
  ],
  [
    "gauge",
    "kube_horizontalpodautoscaler_status_desired_replicas",
    "Replicas that an autoscaler wants.",
    scaler,
  ],
  [
    "gauge",
    "kube_horizontalpodautoscaler_status_condition",
    "1 for the status that a condition of an autoscaler has.",
    [...scaler, "condition", "status"],
  ],
  [
    "gauge",
    "kube_resourcequota",
    "A quota, by resource and type: hard or used.",
    ["namespace", "resourcequota", "resource", "type"],
  ],
  ["gauge", "kube_job_failed", "1 for whether a job has failed.", [...job, "condition"]],
]);
