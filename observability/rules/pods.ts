import { type Group, oneLine } from "#observability/rules/model";

const CONTAINER = "namespace, pod, container";
const of = (metric: string) => `max by (${CONTAINER}) (${metric})`;
const pod = (metric: string) => `max by (namespace, pod) (${metric})`;
const grown = (counter: string, window: string) =>
  `sum by (${CONTAINER}) (increase(${counter}{container!=""}[${window}]))`;
const CANNOT = [
  ...["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError"],
  ...["CreateContainerError", "RunContainerError"],
].join("|");

export const pods: Group = {
  name: "pods",
  rules: [
    {
      alert: "PodNotReady",
      expr: oneLine(`
        ${pod('kube_pod_status_phase{phase=~"Pending|Unknown"}')} == 1
        or (
          ${pod('kube_pod_status_ready{condition="true"}')} == 0
          and ${pod('kube_pod_status_phase{phase="Running"}')} == 1
        )
      `),
      for: "15m",
      severity: "warning",
      summary: "The pod {{ $labels.pod }} does not become ready",
      description:
        "For a quarter of an hour the pod {{ $labels.pod }} has not been ready: it takes no requests.",
      dashboard: "capacity",
    },
    {
      alert: "PodCrashLooping",
      expr: `${of("increase(kube_pod_container_status_restarts_total[30m])")} > 2.5`,
      severity: "warning",
      summary: "{{ $labels.container }} in {{ $labels.pod }} ends again and again",
      description:
        "The container {{ $labels.container }} was started three times or more within half an hour. Kubernetes waits longer each time before it tries again.",
      dashboard: "capacity",
    },
    {
      alert: "ContainerOomKilled",
      expr: oneLine(`
        ${of("increase(kube_pod_container_status_restarts_total[15m])")} > 0
        and ${of('kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}')} == 1
      `),
      severity: "warning",
      summary: "{{ $labels.container }} in {{ $labels.pod }} was killed for want of memory",
      description:
        "The container {{ $labels.container }} took more memory than its limit allows, and was killed and started anew. What it was doing is lost.",
      dashboard: "capacity",
    },
    {
      alert: "ContainerCannotStart",
      expr: oneLine(`
        max by (${CONTAINER}, reason) (
          kube_pod_container_status_waiting_reason{reason=~"${CANNOT}"}
        ) == 1
      `),
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.container }} in {{ $labels.pod }} cannot start: {{ $labels.reason }}",
      description:
        "For five minutes Kubernetes has not been able to start the container {{ $labels.container }}. It will not get better by itself.",
      dashboard: "capacity",
    },
    {
      alert: "CpuThrottled",
      // Start-ups are held back, too: half an hour is no start-up.
      expr: oneLine(`
        ${grown("container_cpu_cfs_throttled_periods_total", "15m")}
        / ${grown("container_cpu_cfs_periods_total", "15m")} > 0.5
      `),
      for: "30m",
      severity: "warning",
      summary:
        "{{ $labels.container }} in {{ $labels.pod }} is held back {{ $value | humanizePercentage }} of the time",
      description:
        "The container {{ $labels.container }} wants more CPU than its limit gives it. Its answers are slower than they need be.",
      dashboard: "capacity",
    },
    {
      alert: "MemoryNearLimit",
      expr: oneLine(`
        ${of('container_memory_working_set_bytes{container!=""}')}
        / ${of('kube_pod_container_resource_limits{resource="memory"}')} > 0.9
      `),
      for: "15m",
      severity: "warning",
      summary:
        "{{ $labels.container }} in {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its memory",
      description:
        "When the container {{ $labels.container }} reaches its limit, it is killed and loses what it is doing.",
      dashboard: "capacity",
    },
  ],
};
