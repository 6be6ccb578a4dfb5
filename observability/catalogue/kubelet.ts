import { exportedBy } from "#observability/catalogue/metric";

const container = ["namespace", "pod", "container", "id", "image", "name"];
const volume = ["namespace", "persistentvolumeclaim"];

/** Of the kubelets and the cAdvisor in them, for this namespace's pods. */
export const kubelet = exportedBy("kubelet", [
  [
    "gauge",
    "container_memory_working_set_bytes",
    "Memory that the kernel cannot take back; at the limit, the container is killed.",
    container,
  ],
  ["counter", "container_cpu_usage_seconds_total", "CPU time used.", [...container, "cpu"]],
  [
    "counter",
    "container_cpu_cfs_periods_total",
    "Periods in which a container with a CPU limit could run.",
    container,
  ],
  [
    "counter",
    "container_cpu_cfs_throttled_periods_total",
    "Periods in which a container was held back by its CPU limit.",
    container,
  ],
  ["gauge", "kubelet_volume_stats_available_bytes", "Space left on a volume.", volume],
  ["gauge", "kubelet_volume_stats_capacity_bytes", "Size of a volume.", volume],
]);
