import type { Container, KubernetesObject, PodTemplate } from "#policy/model/kubernetes";
import { plan } from "#policy/model/levels";
import { run } from "#policy/model/rule";
import { fromManifest, fromPulumi, type Subject } from "#policy/model/subject";
import { rules } from "#policy/rules/all";

export type Pod = PodTemplate & { spec: NonNullable<PodTemplate["spec"]> };

const labels = { "app.kubernetes.io/name": "web" };

/** A container that keeps every rule. */
export function container(name: string): Container {
  return {
    name,
    image: "registry.example:5000/team/web:1.2.3",
    ports: [{ hostPort: 0 }],
    resources: {
      requests: { cpu: "100m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "128Mi" },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    livenessProbe: { httpGet: { host: "" } },
  };
}

/** A pod template that keeps every rule, replicated or not. */
export function compliantPod(): Pod {
  return {
    metadata: { labels: { ...labels }, annotations: {} },
    spec: {
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
          ],
        },
      },
      initContainers: [container("migrate")],
      containers: [container("web"), container("proxy")],
      volumes: [{ name: "tmp", emptyDir: {} }],
    },
  };
}

const metadata = { name: "web", namespace: "mesh" };

function workload(apiVersion: string, kind: string, spec: (pod: Pod) => object) {
  return (pod: Pod): KubernetesObject => ({ apiVersion, kind, metadata, spec: spec(pod) });
}

const replicated = (pod: Pod) => ({ replicas: 2, template: pod });

/** One pod inside every kind that runs pods, several served versions included. */
export const kinds: Record<string, (pod: Pod) => KubernetesObject> = {
  Pod: (pod) => ({
    apiVersion: "v1",
    kind: "Pod",
    ...pod,
    metadata: { ...metadata, ...pod.metadata },
  }),
  PodTemplate: (pod) => ({ apiVersion: "v1", kind: "PodTemplate", metadata, template: pod }),
  Deployment: workload("apps/v1", "Deployment", replicated),
  "old Deployment": workload("extensions/v1beta1", "Deployment", replicated),
  StatefulSet: workload("apps/v1", "StatefulSet", replicated),
  DaemonSet: workload("apps/v1", "DaemonSet", (template) => ({ template })),
  ReplicaSet: workload("apps/v1", "ReplicaSet", replicated),
  ReplicationController: workload("v1", "ReplicationController", replicated),
  Job: workload("batch/v1", "Job", (template) => ({ template })),
  CronJob: workload("batch/v1", "CronJob", (template) => ({ jobTemplate: { spec: { template } } })),
  "old CronJob": workload("batch/v1beta1", "CronJob", (template) => ({
    jobTemplate: { spec: { template } },
  })),
};

/** The ids, each with its paths, of the rules that manifests of one object violate by default. */
export function violations(object: unknown): Record<string, string[]> {
  return judge(fromManifest(object));
}

/** The same for a Pulumi resource with these inputs. */
export function violationsOf(token: string, inputs: KubernetesObject): Record<string, string[]> {
  return judge(fromPulumi(token, inputs));
}

function judge(subjects: Subject[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { rule, level, settings } of plan(rules, undefined)) {
    if (level === "disabled") continue;
    const paths = subjects.flatMap((subject) =>
      run(rule, subject, settings).map(({ path }) => path),
    );
    if (paths.length > 0) found[rule.id] = paths;
  }
  return found;
}
