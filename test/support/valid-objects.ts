import type { Rendered } from "#test/support/charts";

const KEY =
  /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const SHORT_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SHORT = ["Service", "StatefulSet", "Deployment"];

interface Container {
  name: string;
  env?: { name: unknown; value?: unknown; valueFrom?: unknown }[];
  ports?: { name: string; containerPort: number }[];
  volumeMounts?: { name: string; mountPath: string }[];
}

/** What a Kubernetes API server would refuse in an object, each as a sentence; no cluster is asked. */
export function problemsOf(object: Rendered): string[] {
  const id = `${object.kind}/${object.metadata?.name}`;
  const { name, labels = {}, annotations = {} } = object.metadata;
  const pod = podOf(object);
  return [
    ...(typeof name === "string" && NAME.test(name) ? [] : ["its name is none"]),
    ...(SHORT.includes(object.kind) && !SHORT_NAME.test(name) ? ["its name is no DNS label"] : []),
    ...labelProblems(labels),
    ...labelProblems(object.spec?.template?.metadata?.labels ?? {}),
    ...annotationProblems(annotations),
    ...annotationProblems(object.spec?.template?.metadata?.annotations ?? {}),
    ...empties(object, ""),
    ...(pod ? podProblems(pod, claimsOf(object)) : []),
    ...selectorProblems(object),
  ].map((problem) => `${id}: ${problem}`);
}

// A pod's spec stands in several kinds, and each is what a container needs below.
function podOf({ kind, spec }: Rendered): any {
  return kind === "Pod" ? spec : spec?.template?.spec;
}

const claimsOf = ({ spec }: Rendered): string[] =>
  (spec?.volumeClaimTemplates ?? []).map(({ metadata }: Rendered) => metadata.name);

const labelProblems = (labels: object) =>
  Object.entries(labels).flatMap(([key, value]) => [
    ...(KEY.test(key) ? [] : [`the label ${key} has no proper key`]),
    ...(typeof value === "string" && LABEL.test(value) ? [] : [`the label ${key} is ${value}`]),
  ]);

const annotationProblems = (annotations: object) =>
  Object.entries(annotations).flatMap(([key, value]) => [
    ...(KEY.test(key) ? [] : [`the annotation ${key} has no proper key`]),
    ...(typeof value === "string" ? [] : [`the annotation ${key} is no text`]),
  ]);

/** Keys with nothing behind them: a template that forgot its `with`. */
function empties(value: unknown, path: string): string[] {
  if (value === null) return [`${path} is empty`];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, each]) => empties(each, `${path}.${key}`));
}

const twice = (names: readonly unknown[]) => names.filter((name, at) => names.indexOf(name) !== at);

function podProblems(
  pod: { initContainers?: Container[]; containers: Container[]; volumes?: { name: string }[] },
  claims: readonly string[],
): string[] {
  const volumes = [...(pod.volumes ?? []).map(({ name }) => name), ...claims];
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  return [
    ...texts(pod, ["serviceAccountName", "priorityClassName"]),
    ...twice(volumes).map((name) => `the volume ${name} is there twice`),
    ...twice(containers.map(({ name }) => name)).map((name) => `two containers are ${name}`),
    ...containers.flatMap(({ env = [], ports = [], volumeMounts = [] }) => [
      ...twice(env.map(({ name }) => name)).map((name) => `${name} is set twice`),
      ...env.flatMap(({ name, value, valueFrom }) =>
        typeof name === "string" && (valueFrom || typeof value === "string")
          ? []
          : [`the variable ${name} is ${value}`],
      ),
      ...twice(ports.map(({ name }) => name)).map((name) => `two ports are ${name}`),
      ...twice(volumeMounts.map((each) => each.mountPath)).map(
        (path) => `${path} is mounted twice`,
      ),
      ...volumeMounts
        .filter(({ name }) => !volumes.includes(name))
        .map(({ name }) => `no volume is ${name}`),
    ]),
  ];
}

const texts = (object: object, keys: readonly string[]) =>
  Object.entries(object).flatMap(([key, value]) =>
    keys.includes(key) && typeof value !== "string" ? [`${key} is ${value}`] : [],
  );

function selectorProblems({ kind, spec }: Rendered): string[] {
  if (!["Deployment", "StatefulSet"].includes(kind)) return [];
  const labels = spec.template.metadata.labels;
  return Object.entries(spec.selector.matchLabels)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key]) => `it selects by ${key}, which its pods have otherwise`);
}
