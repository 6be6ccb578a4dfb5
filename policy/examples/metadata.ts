import { type Example, type Mesh, onObject, onPod, type PodExample, set } from "#examples/mesh";

const inWeb = "spec.template.spec";
const partOf = "app.kubernetes.io/part-of";
const enforce = "pod-security.kubernetes.io/enforce";

export const metadataExamples: (Example | PodExample)[] = [
  onObject(
    "no namespace",
    ["M1"],
    "ServiceAccount/viewer",
    "metadata.namespace",
    (_account, mesh) =>
      set(mesh, {
        viewer: {
          ...mesh["ServiceAccount/web"],
          metadata: {
            ...mesh["ServiceAccount/web"]?.metadata,
            name: "viewer",
            namespace: undefined,
          },
        },
      }),
  ),
  onObject(
    "the default namespace",
    ["M1"],
    "ConfigMap/settings",
    "metadata.namespace",
    (_config, mesh) => set(mesh, { settings: configMapIn(mesh, "default") }),
  ),
  onObject(
    "the cluster's own namespace",
    ["M2"],
    "ConfigMap/settings",
    "metadata.namespace",
    (_config, mesh) => set(mesh, { settings: configMapIn(mesh, "kube-system") }),
  ),
  onObject(
    "a namespace without Pod Security",
    ["M3"],
    "Namespace/mesh",
    `metadata.labels["${enforce}"]`,
    ({ metadata }) => set(metadata.labels, { [enforce]: undefined }),
  ),
  onObject(
    "a namespace with a weaker Pod Security",
    ["M3"],
    "Namespace/mesh",
    `metadata.labels["${enforce}"]`,
    ({ metadata }) => set(metadata.labels, { [enforce]: "baseline" }),
  ),
  onObject(
    "a label left out",
    ["M4"],
    "Service/web",
    `metadata.labels["${partOf}"]`,
    ({ metadata }) => set(metadata.labels, { [partOf]: undefined }),
  ),
  onObject("an API version that was removed", ["M5"], "PodDisruptionBudget/db", "apiVersion", (o) =>
    set(o, { apiVersion: "policy/v1beta1" }),
  ),
  onObject("an API version that is off", ["M5"], "ServiceCIDR/pods", "apiVersion", (_, mesh) =>
    set(mesh, {
      address: {
        apiVersion: "networking.k8s.io/v1beta1",
        kind: "ServiceCIDR",
        metadata: { ...mesh["Namespace/mesh"]?.metadata, name: "pods" },
        spec: { cidrs: ["10.1.0.0/16"] },
      },
    }),
  ),
  onObject(
    "a claim of whatever class",
    ["M7"],
    "StatefulSet/db",
    "spec.volumeClaimTemplates[0].spec.storageClassName",
    ({ spec }) => set(spec.volumeClaimTemplates[0].spec, { storageClassName: undefined }),
  ),
  onPod(
    "a pod's own claim of whatever class",
    ["M7"],
    "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.storageClassName",
    ({ spec }) =>
      set(spec, {
        volumes: [
          {
            name: spec.volumes[0]?.name,
            ephemeral: {
              volumeClaimTemplate: {
                spec: {
                  accessModes: ["ReadWriteOncePod"],
                  resources: { requests: { storage: "1Gi" } },
                },
              },
            },
          },
          ...spec.volumes.slice(1),
        ],
      }),
  ),
  onObject(
    "data that nothing backs up",
    ["M10"],
    "StatefulSet/db",
    "spec.volumeClaimTemplates[0]",
    ({ metadata }) => set(metadata, { annotations: {} }),
  ),
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

/** A ConfigMap like one of the application's, in another namespace. */
function configMapIn(mesh: Mesh, namespace: string) {
  const metadata = { ...mesh["Deployment/web"]?.metadata, name: "settings", namespace };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, immutable: true, data: {} };
}
