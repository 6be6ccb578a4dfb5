import { type AlertCase, series, told, warning } from "#test/observability/cases/case";

const where = { pod: "greeter-1" };
const inside = { ...where, container: "greeter" };
const phase = (name: string) => series("kube_pod_status_phase", told({ ...where, phase: name }));
const ready = series("kube_pod_status_ready", told({ ...where, condition: "true" }));
const restarts = series("kube_pod_container_status_restarts_total", told(inside));
const ended = (reason: string) =>
  series("kube_pod_container_status_last_terminated_reason", told({ ...inside, reason }));
const waiting = (reason: string) =>
  series("kube_pod_container_status_waiting_reason", told({ ...inside, reason }));
const limit = series(
  "kube_pod_container_resource_limits",
  told({ ...inside, resource: "memory", unit: "byte" }),
);
const measured = (metric: string, container = "greeter") =>
  series(metric, { job: "kubelet", service: "kubelet", ...where, container });
const periods = measured("container_cpu_cfs_periods_total");
const throttled = measured("container_cpu_cfs_throttled_periods_total");

export const podCases: AlertCase[] = [
  {
    alert: "PodNotReady",
    fires: {
      when: "no node takes it",
      series: { [phase("Pending")]: "1x80", [ready]: "0x80", [phase("Running")]: "0x80" },
      at: "16m",
      labels: { ...warning, ...where },
    },
    silent: [
      {
        when: "it is a job's, and has done its work",
        series: { [phase("Succeeded")]: "1x80", [ready]: "0x80", [phase("Running")]: "0x80" },
        at: "16m",
      },
    ],
  },
  {
    alert: "PodNotReady",
    fires: {
      when: "it runs, and its probe fails",
      series: { [phase("Running")]: "1x80", [ready]: "0x80" },
      at: "16m",
      labels: { ...warning, ...where },
    },
    silent: [
      {
        when: "it takes ten minutes to get ready",
        series: { [phase("Running")]: "1x80", [ready]: "0x40 1x40" },
        at: "16m",
      },
    ],
  },
  {
    alert: "PodCrashLooping",
    fires: {
      when: "it has started three times",
      series: { [restarts]: "0x4 1x8 2x8 3x40" },
      at: "12m",
      labels: { ...warning, ...inside },
    },
    silent: [
      {
        when: "it has started twice",
        series: { [restarts]: "0x4 1x8 2x80" },
        at: "20m",
      },
      { when: "it did so yesterday", series: { [restarts]: "40x80" }, at: "15m" },
    ],
  },
  {
    alert: "ContainerOomKilled",
    fires: {
      when: "it took more than its limit",
      series: { [restarts]: "0x4 1x40", [ended("OOMKilled")]: "_x4 1x40" },
      at: "5m",
      labels: { ...warning, ...inside },
    },
    silent: [
      {
        when: "it ended by itself",
        series: { [restarts]: "0x4 1x40", [ended("Error")]: "_x4 1x40" },
        at: "5m",
      },
      {
        when: "that was an hour ago",
        series: { [restarts]: "1x80", [ended("OOMKilled")]: "1x80" },
        at: "16m",
      },
    ],
  },
  {
    alert: "ContainerCannotStart",
    fires: {
      when: "its image can't be had",
      series: { [waiting("ImagePullBackOff")]: "1x40" },
      at: "6m",
      labels: { ...warning, ...inside, reason: "ImagePullBackOff" },
    },
    silent: [
      {
        when: "a big image is on its way",
        series: { [waiting("ContainerCreating")]: "1x40" },
        at: "8m",
      },
      {
        when: "the registry of images was away for a moment",
        series: { [waiting("ErrImagePull")]: "1x4 stale" },
        at: "8m",
      },
    ],
  },
  {
    alert: "CpuThrottled",
    fires: {
      when: "it waits in three periods of four",
      series: { [periods]: "0+600x80", [throttled]: "0+450x80" },
      at: "45m",
      every: "1m",
      labels: { ...warning, ...inside },
      value: "75%",
    },
    silent: [
      {
        when: "it waits in two of five",
        series: { [periods]: "0+600x80", [throttled]: "0+240x80" },
        at: "45m",
        every: "1m",
      },
      {
        when: "it starts, which takes a quarter of an hour",
        series: { [periods]: "0+600x80", [throttled]: "0+500x15 7500x60" },
        at: "45m",
        every: "1m",
      },
    ],
  },
  {
    alert: "MemoryNearLimit",
    fires: {
      when: "19 twentieths are in use",
      series: { [measured("container_memory_working_set_bytes")]: "95x80", [limit]: "100x80" },
      at: "16m",
      labels: { ...warning, ...inside },
      value: "95%",
    },
    silent: [
      {
        when: "17 are",
        series: { [measured("container_memory_working_set_bytes")]: "85x80", [limit]: "100x80" },
        at: "16m",
      },
      {
        when: "the pod's sum is larger than one container's limit",
        series: {
          [measured("container_memory_working_set_bytes")]: "50x80",
          [measured("container_memory_working_set_bytes", "")]: "99x80",
          [limit]: "100x80",
        },
        at: "16m",
      },
    ],
  },
];
