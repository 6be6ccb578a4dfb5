import { type AlertCase, critical, series, told, warning } from "#test/observability/cases/case";

const claim = { persistentvolumeclaim: "data-postgres-0" };
const volume = (metric: string) => series(metric, { job: "kubelet", service: "kubelet", ...claim });
const left = volume("kubelet_volume_stats_available_bytes");
const size = volume("kubelet_volume_stats_capacity_bytes");
const quota = (type: string) =>
  series("kube_resourcequota", told({ resourcequota: "mesh", resource: "pods", type }));

export const roomCases: AlertCase[] = [
  {
    alert: "QuotaNearlyUsed",
    fires: {
      when: "19 pods of 20 are there",
      series: { [quota("used")]: "19x80", [quota("hard")]: "20x80" },
      at: "16m",
      labels: { ...warning, resource: "pods" },
      value: "95%",
    },
    silent: [
      {
        when: "18 are",
        series: { [quota("used")]: "18x80", [quota("hard")]: "20x80" },
        at: "16m",
      },
      {
        when: "there are to be none",
        series: { [quota("used")]: "0x80", [quota("hard")]: "0x80" },
        at: "16m",
      },
    ],
  },
  {
    alert: "VolumeFilling",
    fires: {
      when: "it fills by 600 MB an hour, with 30 GB left",
      series: { [left]: "35000000000-10000000x500", [size]: "100000000000x500" },
      at: "8h",
      every: "1m",
      labels: { ...warning, ...claim },
      value: "30.2%",
    },
    silent: [
      {
        when: "it fills by 60 MB an hour",
        series: { [left]: "35000000000-1000000x500", [size]: "100000000000x500" },
        at: "8h",
        every: "1m",
      },
      {
        when: "more than half of it is left",
        series: { [left]: "60000000000-15000000x500", [size]: "100000000000x500" },
        at: "8h",
        every: "1m",
      },
    ],
  },
  {
    alert: "VolumeNearlyFull",
    fires: {
      when: "4 % are left",
      series: { [left]: "4x40", [size]: "100x40" },
      at: "6m",
      labels: { ...critical, ...claim },
      value: "4%",
    },
    silent: [{ when: "6 % are left", series: { [left]: "6x40", [size]: "100x40" }, at: "8m" }],
  },
];
