/**
 * The words in which rules are said in CEL, for policies that the API server itself runs. `object`
 * is what is asked for; the variables below are there wherever a rule reads them.
 */

/** Constants in CEL: its strings, lists and maps are written as JSON's. */
export const cel = (value: unknown): string => JSON.stringify(value);

/** The expression holds for `c`, every init, regular and ephemeral container of the pod. */
export const everyContainer = (expression: string): string =>
  `variables.containers.all(c, ${expression})`;

/** The expression holds for `s`, the security contexts of the pod and of its containers. */
export const everySecurityContext = (expression: string): string =>
  `variables.securityContexts.all(s, ${expression})`;

/** The expression holds for `v`, every volume of the pod. */
export const everyVolume = (expression: string): string =>
  `variables.volumes.all(v, ${expression})`;

const template = `object.kind == "Pod" ? object :
  object.kind == "PodTemplate" ? object.?template.orValue({}) :
  object.kind == "CronJob" ? object.?spec.?jobTemplate.?spec.?template.orValue({}) :
  object.?spec.?template.orValue({})`;

const containers = ["initContainers", "containers", "ephemeralContainers"]
  .map((group) => `variables.podSpec.?${group}.orValue([])`)
  .join(" + ");

/** What rules may read as `variables.<name>`; each may read those before it. */
export const sharedVariables: Record<string, string> = {
  template,
  podMetadata: "variables.template.?metadata.orValue({})",
  podSpec: "variables.template.?spec.orValue({})",
  windows: `variables.podSpec.?os.?name.orValue("") == "windows"`,
  userNamespace: "!variables.podSpec.?hostUsers.orValue(true)",
  // A pod without containers is judged like one with an empty one.
  containers: `(${containers}).size() > 0 ? ${containers} : [{}]`,
  podSecurity: "variables.podSpec.?securityContext.orValue({})",
  securityContexts: `[variables.podSecurity] +
  variables.containers.map(c, c.?securityContext.orValue({}))`,
  volumes: "variables.podSpec.?volumes.orValue([])",
};
