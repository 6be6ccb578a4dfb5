import { type Container, list, type ObjectMeta, type PodSpec } from "#model/kubernetes";
import type { Subject } from "#model/subject";

/** The pod that an object runs: itself, or its template. */
export interface Pod {
  subject: Subject;
  /** Path of the pod's spec in the object, such as `spec.template.spec`. */
  path: string;
  /** Path of the pod's metadata in the object. */
  metadataPath: string;
  metadata: ObjectMeta;
  spec: PodSpec;
  windows: boolean;
  /** The pod has a user namespace of its own (`hostUsers: false`): its root is not the node's. */
  userNamespace: boolean;
  /** A patch that names no container: what it leaves out can't be held against it. */
  partial: boolean;
}

export interface ContainerView {
  path: string;
  group: (typeof containerGroups)[number];
  container: Container;
}

const containerGroups = ["initContainers", "containers", "ephemeralContainers"] as const;

const templatePaths: Record<string, string[]> = {
  Pod: [],
  PodTemplate: ["template"],
  ReplicationController: ["spec", "template"],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

const workloadGroups = ["", "apps", "extensions", "batch"];

/** Group and kind of everything that runs pods, served by some version of Kubernetes or other. */
export const podKinds: readonly string[] = Object.keys(templatePaths).flatMap((kind) =>
  workloadGroups.map((group) => (group ? `${group}/${kind}` : kind)),
);

const podKindSet = new Set(podKinds);

/** The pod of a workload, in any served version of its kind; undefined for every other object. */
export function podOf(subject: Subject): Pod | undefined {
  const steps = templatePaths[subject.kind];
  if (!steps || !podKindSet.has(subject.groupKind)) return undefined;
  let template: unknown = subject.body;
  for (const step of steps) template = (template as Record<string, unknown> | undefined)?.[step];
  const { metadata, spec } = (template ?? {}) as { metadata?: ObjectMeta; spec?: PodSpec };
  const prefix = steps.map((step) => `${step}.`).join("");
  return {
    subject,
    path: `${prefix}spec`,
    metadataPath: `${prefix}metadata`,
    metadata: metadata ?? {},
    spec: spec ?? {},
    windows: spec?.os?.name === "windows",
    userNamespace: spec?.hostUsers === false,
    partial: subject.patch && containerGroups.every((name) => !spec?.[name]?.length),
  };
}

/**
 * The pod's init, regular and ephemeral containers, each read only when asked for, so that one that
 * is unknown does not hide the others. A pod without any has one empty container: a missing spec is
 * judged like an empty one.
 */
export function containersOf(pod: Pod): (() => ContainerView)[] {
  const views = containerGroups.flatMap((group) =>
    Array.from(
      { length: list(pod.spec[group]).length },
      (_, index) => (): ContainerView => ({
        path: `${pod.path}.${group}[${index}]`,
        group,
        container: pod.spec[group]?.[index] ?? {},
      }),
    ),
  );
  if (views.length > 0 || pod.partial) return views;
  return [() => ({ path: `${pod.path}.containers[0]`, group: "containers", container: {} })];
}
