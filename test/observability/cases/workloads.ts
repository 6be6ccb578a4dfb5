import { type AlertCase, critical, series, told, warning } from "#test/observability/cases/case";

const of =
  (kind: string, name: string) =>
  (metric: string, labels = {}) =>
    series(metric, told({ [kind]: name, ...labels }));
const greeter = of("deployment", "greeter");
const wanted = greeter("kube_deployment_spec_replicas");
const there = greeter("kube_deployment_status_replicas_available");
const stuck = greeter("kube_deployment_status_condition", {
  condition: "Progressing",
  status: "false",
});
const postgres = of("statefulset", "postgres");
const wantedOfSet = postgres("kube_statefulset_replicas");
const readyOfSet = postgres("kube_statefulset_status_replicas_ready");
const job = of("job_name", "migrate")("kube_job_failed", { condition: "true" });
const scaler = of("horizontalpodautoscaler", "greeter");
const desired = scaler("kube_horizontalpodautoscaler_status_desired_replicas");
const most = scaler("kube_horizontalpodautoscaler_spec_max_replicas");
const fewest = scaler("kube_horizontalpodautoscaler_spec_min_replicas");
const inactive = scaler("kube_horizontalpodautoscaler_status_condition", {
  condition: "ScalingActive",
  status: "false",
});

export const workloadCases: AlertCase[] = [
  {
    alert: "WorkloadDown",
    fires: {
      when: "no pod of a Deployment is ready",
      series: { [wanted]: "2x40", [there]: "0x40" },
      at: "6m",
      labels: { ...critical, service: "greeter" },
    },
    silent: [
      {
        when: "it is scaled to none",
        series: { [wanted]: "0x40", [there]: "0x40" },
        at: "8m",
      },
      { when: "one of two is", series: { [wanted]: "2x40", [there]: "1x40" }, at: "8m" },
    ],
  },
  {
    alert: "WorkloadDown",
    fires: {
      when: "no pod of a StatefulSet is ready",
      series: { [wantedOfSet]: "1x40", [readyOfSet]: "0x40" },
      at: "6m",
      labels: { ...critical, service: "postgres" },
    },
    silent: [
      {
        when: "it restarts within four minutes",
        series: { [wantedOfSet]: "1x40", [readyOfSet]: "0x16 1x40" },
        at: "8m",
      },
    ],
  },
  {
    alert: "ReplicasMissing",
    fires: {
      when: "one of three is missing",
      series: { [wanted]: "3x80", [there]: "2x80" },
      at: "16m",
      labels: { ...warning, service: "greeter" },
      value: "1",
    },
    silent: [
      {
        when: "a rollout takes ten minutes",
        series: { [wanted]: "3x80", [there]: "2x40 3x40" },
        at: "16m",
      },
    ],
  },
  {
    alert: "RolloutStuck",
    fires: {
      when: "Kubernetes says that it does not progress",
      series: { [stuck]: "0x4 1x20" },
      at: "3m",
      labels: { ...warning, service: "greeter" },
    },
    silent: [{ when: "it progresses", series: { [stuck]: "0x20" }, at: "3m" }],
  },
  {
    alert: "JobFailed",
    fires: {
      when: "all its attempts failed",
      series: { [job]: "1x20" },
      at: "2m",
      labels: { ...warning, job_name: "migrate" },
    },
    silent: [{ when: "it succeeded", series: { [job]: "0x20" }, at: "2m" }],
  },
  {
    alert: "AutoscalerAtMaximum",
    fires: {
      when: "it wants as many as it may have",
      series: { [desired]: "6x140", [most]: "6x140", [fewest]: "3x140" },
      at: "31m",
      labels: { ...warning, service: "greeter" },
      value: "6",
    },
    silent: [
      {
        when: "its number is fixed",
        series: { [desired]: "3x140", [most]: "3x140", [fewest]: "3x140" },
        at: "31m",
      },
      {
        when: "a peak lasts for twenty minutes",
        series: { [desired]: "6x80 5x60", [most]: "6x140", [fewest]: "3x140" },
        at: "31m",
      },
    ],
  },
  {
    alert: "AutoscalerBlind",
    fires: {
      when: "it gets no figures",
      series: { [inactive]: "1x80" },
      at: "16m",
      labels: { ...warning, service: "greeter" },
    },
    silent: [
      {
        when: "new pods have none for a few minutes",
        series: { [inactive]: "1x20 0x60" },
        at: "16m",
      },
    ],
  },
];
