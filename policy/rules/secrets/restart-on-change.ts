import type { Graph } from "#model/graph";
import { type Container, list, type PodSpec } from "#model/kubernetes";
import type { Pod } from "#model/pod";
import type { StackRule, StackViolation } from "#model/rule";
import { nameOf, type Subject } from "#model/subject";

interface Reference {
  kind: "ConfigMap" | "Secret";
  name: string | undefined;
  path: string;
}

/** The others start anew for each run, or never. */
const rolled = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"];

export const restartOnChange: StackRule = {
  id: "K7",
  name: "restart-on-change",
  title: "A change of configuration restarts the pods that use it.",
  level: "mandatory",
  severity: "medium",
  why: "Else pods run on with the old settings until something else restarts them, one by one.",
  fix: "End the name in a hash of the content, with immutable: true, or put a checksum/… annotation on the template.",
  settings: {
    annotations: {
      type: "array",
      items: { type: "string" },
      default: ["checksum/"],
      description: "Beginnings of annotations of a pod template that change with configuration.",
    },
  },
  checkStack: (graph, { settings, attempt }) =>
    graph.pods
      .filter(({ subject }) => rolled.includes(subject.kind))
      .flatMap((pod) =>
        attempt((): StackViolation[] => {
          const prefixes = (settings.annotations as string[] | undefined) ?? ["checksum/"];
          const keys = Object.keys(pod.metadata.annotations ?? {});
          if (keys.some((key) => prefixes.some((prefix) => key.startsWith(prefix)))) return [];
          return referencesOf(pod).flatMap((reference) =>
            attempt(() => problems(reference, pod.subject, graph)),
          );
        }),
      ),
};

function problems({ kind, name = "", path }: Reference, subject: Subject, graph: Graph) {
  const source = graph.find(kind, nameOf(subject).namespace, name);
  if (!source || (source.body.immutable === true && endsInHash(name))) return [];
  const lacks = endsInHash(name) ? "is not immutable" : "has no hash of its content in its name";
  const message = `is ${kind} ${name}, which ${lacks}; give it both, or put a checksum/… annotation on the template`;
  return [{ subject, path, message }];
}

/** Letters alone are taken for a hash only where no word has them: hex, or kustomize's alphabet. */
function endsInHash(name: string): boolean {
  return /-(?:(?=[a-z]*\d)[0-9a-z]{6,}|[a-f]{8,}|[bcdfghkmt]{10})$/.test(name);
}

function referencesOf({ spec, path }: Pod): Reference[] {
  const groups = ["initContainers", "containers"] as const;
  return [
    ...volumes(spec, path),
    ...groups.flatMap((group) =>
      list(spec[group]).flatMap((each, index) => environment(each, `${path}.${group}[${index}]`)),
    ),
  ];
}

interface Source {
  configMap?: { name?: string };
  secret?: { name?: string; secretName?: string };
}

function volumes(spec: PodSpec, path: string): Reference[] {
  return list(spec.volumes).flatMap((volume, index) => {
    const at = `${path}.volumes[${index}]`;
    const projected = volume?.projected as { sources?: Source[] } | undefined;
    return [
      ...from((volume ?? {}) as Source, at),
      ...list(projected?.sources).flatMap((source, position) =>
        from(source ?? {}, `${at}.projected.sources[${position}]`),
      ),
    ];
  });
}

function from({ configMap, secret }: Source, path: string): Reference[] {
  const key = secret?.secretName === undefined ? "name" : "secretName";
  return [
    ...(configMap
      ? [{ kind: "ConfigMap" as const, name: configMap.name, path: `${path}.configMap.name` }]
      : []),
    ...(secret
      ? [{ kind: "Secret" as const, name: secret[key], path: `${path}.secret.${key}` }]
      : []),
  ];
}

function environment(container: Container | null, path: string): Reference[] {
  const single = list(container?.env).flatMap((variable, index) => {
    const { valueFrom } = variable ?? {};
    const at = `${path}.env[${index}].valueFrom`;
    return [
      {
        kind: "ConfigMap" as const,
        ref: valueFrom?.configMapKeyRef,
        path: `${at}.configMapKeyRef`,
      },
      { kind: "Secret" as const, ref: valueFrom?.secretKeyRef, path: `${at}.secretKeyRef` },
    ];
  });
  const whole = list(container?.envFrom).flatMap((source, index) => [
    {
      kind: "ConfigMap" as const,
      ref: source?.configMapRef,
      path: `${path}.envFrom[${index}].configMapRef`,
    },
    {
      kind: "Secret" as const,
      ref: source?.secretRef,
      path: `${path}.envFrom[${index}].secretRef`,
    },
  ]);
  return [...single, ...whole].flatMap(({ kind, ref, path }) =>
    ref ? [{ kind, name: ref.name, path: `${path}.name` }] : [],
  );
}
