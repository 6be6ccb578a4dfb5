import { busiest, type ChartQueries, level, MOST, rate } from "./chart.ts";

/** What all of it takes. */
export const capacity: ChartQueries[] = [
  {
    id: "targets",
    group: "capacity",
    title: "Targets that answer",
    description: "Pods that Prometheus reaches, by component.",
    unit: "count",
    lines: [{ by: "job", expr: 'sum by (job) (up{namespace="NAMESPACE"})' }],
  },
  {
    id: "cpu",
    group: "capacity",
    title: "CPU",
    description: `Processor time that the ${MOST} busiest workloads use, of all their pods together.`,
    unit: "cores",
    lines: rate("process_cpu_seconds_total"),
  },
  {
    id: "memory",
    group: "capacity",
    title: "Memory",
    description: `What the ${MOST} largest workloads hold, all their pods together.`,
    unit: "bytes",
    lines: level("process_resident_memory_bytes"),
  },
  {
    id: "event-loop",
    group: "capacity",
    title: "Event loop delay",
    description: `How late the ${MOST} most delayed workloads get to their work: 99 % of times no later.`,
    unit: "seconds",
    lines: busiest(
      'max by (service) (nodejs_eventloop_lag_p99_seconds{namespace="NAMESPACE"})',
      'max by (service) (avg_over_time(nodejs_eventloop_lag_p99_seconds{namespace="NAMESPACE"}[RANK] @ end()))',
    ),
  },
  {
    id: "volumes",
    group: "capacity",
    title: "Space left on volumes",
    description: "By claim; where the nodes' kubelets are watched.",
    unit: "bytes",
    lines: [
      {
        by: "persistentvolumeclaim",
        expr: 'min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes{namespace="NAMESPACE"})',
      },
    ],
  },
];
