import type { Power } from "#model/access";

/**
 * The words in which rules are said in CEL, for policies that the API server itself runs. `object`
 * is what is asked for; the variables below are there wherever a rule reads them.
 */

/** Constants in CEL: its strings, lists and maps are written as JSON's. */
export const cel = (value: unknown): string => JSON.stringify(value);

/** A text, written in CEL, matches a regular expression that means the same in RE2. */
export const matchesPattern = (text: string, pattern: RegExp): string =>
  `${text}.matches(${cel(pattern.source)})`;

/** The expression holds for `c`, every init, regular and ephemeral container of the pod. */
export const everyContainer = (expression: string): string =>
  `variables.containers.all(c, ${expression})`;

/** The same without ephemeral containers, which can't have all fields. */
export const everyOwnContainer = (expression: string): string =>
  `variables.ownContainers.all(c, ${expression})`;

/** The expression holds for `c`, every container that runs on and on, sidecars included. */
export const everyServer = (expression: string): string =>
  `!variables.runsOn || variables.servers.all(c, ${expression})`;

/** A probe or hook, which may be missing, does anything. */
export const hasHandlerInCel = (probe: string): string =>
  `["exec", "httpGet", "tcpSocket", "grpc"].exists(a, ${probe}[?a].hasValue())`;

/** The expression holds for `s`, the security contexts of the pod and of its containers. */
export const everySecurityContext = (expression: string): string =>
  `variables.securityContexts.all(s, ${expression})`;

/** The expression holds for `v`, every volume of the pod. */
export const everyVolume = (expression: string): string =>
  `variables.volumes.all(v, ${expression})`;

/** The expression holds for `i`, every image of the pod's containers and volumes. */
export const everyImage = (expression: string): string => `variables.images.all(i, ${expression})`;

/** The expression holds for `g`, everything that a role grants. */
export const everyGrant = (expression: string): string =>
  `object.?rules.orValue([]).all(g, ${expression})`;

/** Nothing that `g` grants is this power by name. */
export const withoutPower = ({ group, resources, verbs }: Power): string =>
  `!(g.?apiGroups.orValue([]).exists(x, x in ${cel([group, "*"])}) &&
    g.?verbs.orValue([]).exists(x, x in ${cel(verbs)}) &&
    g.?resources.orValue([]).exists(x, x in ${cel(resources)}))`;

/** A label selector matches these labels; one that is missing matches nothing. */
const matchesLabels = (selector: string, labels: string): string => {
  const listed = `(e.key in ${labels} && ${labels}[e.key] in e.?values.orValue([]))`;
  return `${selector}.hasValue() &&
    ${selector}.?matchLabels.orValue({}).all(k,
      k in ${labels} && ${labels}[k] == ${selector}.?matchLabels[?k].value()) &&
    ${selector}.?matchExpressions.orValue([]).all(e,
      e.operator == "Exists" ? e.key in ${labels} :
      e.operator == "DoesNotExist" ? !(e.key in ${labels}) :
      e.operator == "In" ? ${listed} : !${listed})`;
};

const ownLabels = [
  "statefulset.kubernetes.io/pod-name",
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/job-completion-index",
];
const revisionLabels = ["pod-template-hash", "controller-revision-hash"];

/** The term or constraint `t` of the pod selects, besides a pod, the others of its template. */
export const termSelectsSiblings = `!t.?matchLabelKeys.orValue([]).exists(k, k in ${cel(ownLabels)}) &&
  ${matchesLabels("t.?labelSelector", "variables.podLabels")}`;

/** The affinity term `t` of the pod selects the pods made from its template. */
export const termSelectsOwnPods = `!t.?mismatchLabelKeys.orValue([]).exists(k,
    k in variables.podLabels || k in ${cel(revisionLabels)}) && ${termSelectsSiblings} &&
  (t.?namespaces.orValue([]).size() == 0 && !t.?namespaceSelector.hasValue() ||
    object.metadata.namespace in t.?namespaces.orValue([]) ||
    ${matchesLabels("t.?namespaceSelector", "variables.namespaceLabels")})`;

const template = `object.kind == "Pod" ? object :
  object.kind == "PodTemplate" ? object.?template.orValue({}) :
  object.kind == "CronJob" ? object.?spec.?jobTemplate.?spec.?template.orValue({}) :
  object.?spec.?template.orValue({})`;

const group = (name: string) => `variables.podSpec.?${name}.orValue([])`;

/** What rules may read as `variables.<name>`; each may read those before it. */
export const sharedVariables: Record<string, string> = {
  template,
  podMetadata: "variables.template.?metadata.orValue({})",
  podLabels: "variables.podMetadata.?labels.orValue({})",
  podSpec: "variables.template.?spec.orValue({})",
  windows: `variables.podSpec.?os.?name.orValue("") == "windows"`,
  userNamespace: "!variables.podSpec.?hostUsers.orValue(true)",
  ownContainers: `${group("initContainers")} + ${group("containers")}`,
  // The API server takes no pod without containers, so none stands for what is missing here.
  containers: `variables.ownContainers + ${group("ephemeralContainers")}`,
  runsOn: `object.kind in
  ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"] ||
  object.kind == "Pod" && variables.podSpec.?restartPolicy.orValue("Always") == "Always"`,
  servers: `${group("containers")} +
  ${group("initContainers")}.filter(c, c.?restartPolicy.orValue("") == "Always")`,
  podSecurity: "variables.podSpec.?securityContext.orValue({})",
  securityContexts: `[variables.podSecurity] +
  variables.containers.map(c, c.?securityContext.orValue({}))`,
  volumes: "variables.podSpec.?volumes.orValue([])",
  images: `variables.containers.map(c, c.?image.orValue("")) +
  variables.volumes.filter(v, has(v.image)).map(v, v.image.?reference.orValue(""))`,
  requiredTerms: `variables.podSpec.?affinity.?podAntiAffinity
  .?requiredDuringSchedulingIgnoredDuringExecution.orValue([])`,
  replicas: "object.?spec.?replicas.orValue(1)",
  namespaceLabels: `{"kubernetes.io/metadata.name": object.metadata.namespace}`,
  annotations: "object.metadata.?annotations.orValue({})",
};
