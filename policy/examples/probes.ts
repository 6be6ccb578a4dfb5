import { type Example, onObject, onPod, type PodExample, set } from "#examples/mesh";

const container = "spec.containers[0]";
const inTemplate = `spec.template.${container}`;
const pod = (deployment: any) => deployment.spec.template.spec;

export const probeExamples: (Example | PodExample)[] = [
  onObject("no liveness probe", ["B1"], "Deployment/web", `${inTemplate}.livenessProbe`, (object) =>
    set(pod(object).containers[0], { livenessProbe: undefined }),
  ),
  onObject(
    "a sidecar without a liveness probe",
    ["B1"],
    "Deployment/web",
    "spec.template.spec.initContainers[0].livenessProbe",
    (object) => set(pod(object).initContainers[0], { restartPolicy: "Always" }),
  ),
  onObject(
    "no readiness probe",
    ["B2"],
    "StatefulSet/db",
    `${inTemplate}.readinessProbe`,
    (object) => set(pod(object).containers[0], { readinessProbe: undefined }),
  ),
  onPod("one probe for both", ["B3"], `${container}.livenessProbe`, ({ spec: { containers } }) =>
    set(containers[0], { livenessProbe: containers[0]?.readinessProbe }),
  ),
  onPod(
    "a probe of another container's port",
    ["B4"],
    `${container}.startupProbe.httpGet.port`,
    ({ spec }) =>
      set(spec.containers[0]?.startupProbe, { httpGet: { path: "/startupz", port: "proxy" } }),
  ),
  onObject(
    "no time to stop",
    ["B6"],
    "Deployment/api",
    `${inTemplate}.lifecycle.preStop`,
    (object) => {
      set(pod(object), { terminationGracePeriodSeconds: undefined });
      set(pod(object).containers[0], { lifecycle: undefined });
    },
  ),
  onObject(
    "a preStop hook that takes all the time",
    ["B6"],
    "Deployment/api",
    "spec.template.spec.terminationGracePeriodSeconds",
    (object) =>
      set(pod(object).containers[0], { lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
  ),
];
