import { type Example, onObject, type PodExample, set } from "#examples/mesh";

const inWeb = "spec.template.spec";

export const metadataExamples: (Example | PodExample)[] = [
  onObject(
    "a field that is misspelt",
    ["M11"],
    "Deployment/web",
    `${inWeb}.containers[0].securityContext.readOnlyRootFileSystem`,
    ({ spec }) =>
      set(spec.template.spec.containers[0].securityContext, { readOnlyRootFileSystem: true }),
  ),
  onObject(
    "a number in quotes",
    ["M11"],
    "Deployment/web",
    `${inWeb}.containers[0].livenessProbe.periodSeconds`,
    ({ spec }) => set(spec.template.spec.containers[0].livenessProbe, { periodSeconds: "10" }),
  ),
  onObject(
    "a value that the field can't have",
    ["M11"],
    "Deployment/web",
    `${inWeb}.dnsPolicy`,
    ({ spec }) => set(spec.template.spec, { dnsPolicy: "clusterFirst" }),
  ),
  onObject("a field that is left out", ["M11"], "Role/viewers", "rules[0].verbs", ({ rules }) =>
    set(rules[0], { verbs: undefined }),
  ),
];
