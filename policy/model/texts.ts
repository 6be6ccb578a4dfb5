import type { Graph } from "#model/graph";
import { type Container, list } from "#model/kubernetes";
import type { Pod } from "#model/pod";
import { nameOf } from "#model/subject";

/** Something that a pod is told. */
export interface Text {
  /** Undefined where the stack does not show it. */
  text: string | undefined;
  path: string;
  /** In a file, a name alone may be said of somebody else: it counts with a port or in a URL. */
  file: boolean;
  /** A variable whose name says that its value is a host: `DATABASE_HOST`. */
  host?: boolean;
}

interface Source {
  configMap?: { name?: string };
  secret?: { name?: string; secretName?: string };
}

/** In every namespace, though no stack has it, and without a word about Services. */
const certificates = "kube-root-ca.crt";

/** All that a pod's environment, arguments and mounted configuration say. */
export function textsOf(pod: Pod, graph: Graph): Text[] {
  const groups = ["initContainers", "containers"] as const;
  return [
    ...groups.flatMap((group) =>
      list(pod.spec[group]).flatMap((container, index) =>
        ofContainer(container ?? {}, `${pod.path}.${group}[${index}]`, pod, graph),
      ),
    ),
    ...list(pod.spec.volumes).flatMap((volume, index) => {
      const at = `${pod.path}.volumes[${index}]`;
      const projected = volume?.projected as { sources?: Source[] } | undefined;
      return [
        ...ofSource((volume ?? {}) as Source, at, pod, graph),
        ...list(projected?.sources).flatMap((source, position) =>
          ofSource(source ?? {}, `${at}.projected.sources[${position}]`, pod, graph),
        ),
      ];
    }),
  ];
}

function ofContainer(container: Container, path: string, pod: Pod, graph: Graph): Text[] {
  return [
    ...list(container.env).flatMap((variable, index) => {
      const at = `${path}.env[${index}]`;
      const { name = "", value: text, valueFrom } = variable ?? {};
      const host = /(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$/i.test(name);
      if (typeof text === "string") return [{ text, path: `${at}.value`, file: false, host }];
      const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
      return [
        ...ofConfigMap(configMapKeyRef, `${at}.valueFrom.configMapKeyRef.name`, pod, graph, false),
        ...ofSecret(secretKeyRef?.name, `${at}.valueFrom.secretKeyRef.name`, pod, graph),
      ];
    }),
    ...list(container.envFrom).flatMap((source, index) => {
      const at = `${path}.envFrom[${index}]`;
      return [
        ...ofConfigMap(source?.configMapRef, `${at}.configMapRef.name`, pod, graph, false),
        ...ofSecret(source?.secretRef?.name, `${at}.secretRef.name`, pod, graph),
      ];
    }),
    ...(["command", "args"] as const).flatMap((field) =>
      list(container[field]).flatMap((text, index) =>
        typeof text === "string" ? [{ text, path: `${path}.${field}[${index}]`, file: false }] : [],
      ),
    ),
  ];
}

function ofSource({ configMap, secret }: Source, path: string, pod: Pod, graph: Graph): Text[] {
  const key = secret?.secretName === undefined ? "name" : "secretName";
  return [
    ...ofConfigMap(configMap, `${path}.configMap.name`, pod, graph, true),
    ...ofSecret(secret?.[key], `${path}.secret.${key}`, pod, graph),
  ];
}

/** What a ConfigMap holds; as a variable, only under the key that is meant, if one is. */
function ofConfigMap(
  ref: { name?: string; key?: string } | undefined,
  path: string,
  pod: Pod,
  graph: Graph,
  file: boolean,
): Text[] {
  if (!ref || ref.name === certificates) return [];
  const source = graph.find("ConfigMap", nameOf(pod.subject).namespace, ref.name ?? "");
  if (!source) return [{ text: undefined, path, file }];
  return Object.entries(source.body.data ?? {}).flatMap(([key, text]) =>
    typeof text === "string" && (ref.key ?? key) === key ? [{ text, path, file }] : [],
  );
}

/** What a Secret holds. In a preview it may not be known: that is no reason to stop a deployment. */
function ofSecret(name: string | undefined, path: string, pod: Pod, graph: Graph): Text[] {
  if (name === undefined) return [];
  const file = true;
  try {
    const { body } = graph.find("Secret", nameOf(pod.subject).namespace, name) ?? {};
    const texts = [
      ...Object.values(body?.stringData ?? {}).map(String),
      ...Object.values(body?.data ?? {}).map((each) =>
        Buffer.from(String(each), "base64").toString(),
      ),
    ];
    return texts.length > 0
      ? texts.map((text) => ({ text, path, file }))
      : [{ text: undefined, path, file }];
  } catch {
    return [{ text: undefined, path, file }];
  }
}
