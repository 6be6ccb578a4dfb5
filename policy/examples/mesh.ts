import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import type { Container, KubernetesObject, PodTemplate } from "#model/kubernetes";

/** The objects of the example application, by `Kind/name`. */
export type Mesh = Record<string, KubernetesObject>;

/** A pod's template, as the examples about pods change it: containers and volumes are there. */
export type Template = {
  metadata: Required<NonNullable<PodTemplate["metadata"]>>;
  spec: NonNullable<PodTemplate["spec"]> & {
    containers: Container[];
    initContainers: Container[];
    volumes: NonNullable<NonNullable<PodTemplate["spec"]>["volumes"]>;
  };
};

/** One thing done wrong in an application that is right. The tests' fixtures, and the manual's. */
export interface Example {
  /** The rule that it is made for, then others that the same change breaks. */
  rules: string[];
  /** What is wrong, in a few words: "a privileged container". */
  what: string;
  /** The object that the first rule names, such as `Service/web`, and its field, as `spec.type`. */
  object: string;
  path: string;
  /** Settings of rules, by name, where their defaults would not show it. */
  settings?: Record<string, Record<string, unknown>>;
  break(mesh: Mesh): void;
}

/** The same for a pod in whatever workload; its path starts at the pod's own root. */
export interface PodExample extends Omit<Example, "object" | "break"> {
  breakPod(pod: Template): void;
}

const text = readFileSync(join(import.meta.dirname, "mesh.yaml"), "utf8");

/** A fresh copy of the application in mesh.yaml, which keeps every rule. */
export function compliantMesh(): Mesh {
  const objects = loadAll(text) as KubernetesObject[];
  return Object.fromEntries(objects.map((each) => [`${each.kind}/${each.metadata?.name}`, each]));
}

/** The pod template of a Deployment or StatefulSet in it. */
export function templateOf(mesh: Mesh, object: string): Template {
  return (mesh[object]?.spec as { template: Template } | undefined)?.template as Template;
}

/** An example about the pod of any workload. */
export function onPod(
  what: string,
  rules: string[],
  path: string,
  breakPod: (pod: Template) => void,
): PodExample {
  return { what, rules, path, breakPod };
}

/** One about a container: the init container, which rules for regular ones alone would miss. */
export function onContainer(
  what: string,
  rules: string[],
  path: string,
  change: (container: Container) => void,
): PodExample {
  const breakPod = ({ spec }: Template) => spec.initContainers.forEach(change);
  return { what, rules, path: `spec.initContainers[0].${path}`, breakPod };
}

/** One about an object of the application; `change` gets the object. */
export function onObject(
  what: string,
  rules: string[],
  object: string,
  path: string,
  change: (object: any, mesh: Mesh) => void,
): Example {
  return { what, rules, object, path, break: (mesh) => change(mesh[object], mesh) };
}

/** Sets fields of something that the application has. */
export function set(object: object | undefined, fields: object): void {
  Object.assign(object ?? {}, fields);
}

/** An example about a pod, as one about the Deployment of the application. */
export function inMesh({ breakPod, path, ...example }: PodExample): Example {
  return {
    ...example,
    object: "Deployment/web",
    path: `spec.template.${path}`,
    break: (mesh) => breakPod(templateOf(mesh, "Deployment/web")),
  };
}
