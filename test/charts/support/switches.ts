import { isHook, ofKind, type Rendered } from "#test/support/charts";

/** A value, and what is so with it and not so without it. */
export interface Switch {
  values: object;
  shows(objects: readonly Rendered[]): boolean;
}

const deployment = (objects: readonly Rendered[]) => ofKind(objects, "Deployment")[0];
const template = (objects: readonly Rendered[]) => deployment(objects)?.spec.template;
const pod = (objects: readonly Rendered[]) => template(objects)?.spec ?? {};
const service = (objects: readonly Rendered[]) => ofKind(objects, "Service")[0];
const policy = (objects: readonly Rendered[]) =>
  ofKind(
    objects.filter((each) => !isHook(each)),
    "NetworkPolicy",
  )[0]?.spec ?? {};
const own = (objects: readonly Rendered[]) => objects.filter((each) => !isHook(each));
const has = (kind: string) => (objects: readonly Rendered[]) => ofKind(objects, kind).length > 0;
const says = (value: unknown, text: string) => JSON.stringify(value ?? null).includes(text);

const gateways = [{ namespace: "gateways", labels: { app: "gateway" } }];
const route = { parentRefs: [{ name: "public" }], hostnames: ["a.example.com"] };
const ingress = { className: "public", controller: "haproxy", host: "a.example.com" };

/** What all workloads take alike. */
export const switches: Record<string, Switch> = {
  "global.imageRegistry": {
    values: { global: { imageRegistry: "mirror.example:5000" } },
    shows: (objects) =>
      pod(objects).containers.every(({ image }: { image: string }) =>
        image.startsWith("mirror.example:5000/mcp-mesh/"),
      ),
  },
  "global.imagePullSecrets": {
    values: { global: { imagePullSecrets: ["pull"] } },
    shows: (objects) => says(pod(objects).imagePullSecrets, '[{"name":"pull"}]'),
  },
  "global.labels": {
    values: { global: { labels: { team: "mesh" } } },
    shows: (objects) =>
      own(objects).every(({ metadata }) => metadata.labels?.team === "mesh") &&
      template(objects).metadata.labels.team === "mesh",
  },
  "global.annotations": {
    values: { global: { annotations: { "example.com/owner": "mesh" } } },
    shows: (objects) =>
      own(objects).every(({ metadata }) => metadata.annotations?.["example.com/owner"] === "mesh"),
  },
  "global.ipFamilyPolicy": {
    values: { global: { ipFamilyPolicy: "PreferDualStack" } },
    shows: (objects) => service(objects)?.spec.ipFamilyPolicy === "PreferDualStack",
  },
  "global.serviceMesh=istio": {
    values: { global: { serviceMesh: "istio" } },
    shows: (objects) =>
      has("PeerAuthentication")(objects) &&
      template(objects).metadata.labels["sidecar.istio.io/inject"] === "true",
  },
  "global.serviceMesh=ambient": {
    values: { global: { serviceMesh: "ambient" } },
    shows: (objects) => template(objects).metadata.labels["istio.io/dataplane-mode"] === "ambient",
  },
  "global.serviceMesh=linkerd": {
    values: { global: { serviceMesh: "linkerd" } },
    shows: (objects) =>
      has("Server")(objects) &&
      template(objects).metadata.annotations["linkerd.io/inject"] === "enabled",
  },
  "global.dns": {
    values: {
      global: { dns: { namespace: "dns", labels: { app: "dns" } } },
      network: { egress: [{ to: "callee", port: 9000 }] },
    },
    shows: (objects) => says(policy(objects).egress, '"kubernetes.io/metadata.name":"dns"'),
  },
  fullnameOverride: {
    values: { fullnameOverride: "renamed" },
    shows: (objects) =>
      service(objects)?.metadata.name === "renamed" &&
      deployment(objects)?.spec.selector.matchLabels["app.kubernetes.io/name"] === "renamed",
  },
  "labels and annotations": {
    values: { labels: { part: "a" }, annotations: { note: "b" } },
    shows: (objects) =>
      own(objects).every(
        ({ metadata }) => metadata.labels?.part === "a" && metadata.annotations?.note === "b",
      ),
  },
  autoscaling: {
    values: { autoscaling: { minReplicas: 2, maxReplicas: 4 } },
    shows: (objects) =>
      has("HorizontalPodAutoscaler")(objects) && !("replicas" in deployment(objects)?.spec),
  },
  "seven replicas": {
    values: { replicas: 7 },
    shows: (objects) =>
      deployment(objects)?.spec.replicas === 7 && has("PodDisruptionBudget")(objects),
  },
  env: {
    values: { env: { LANG: "C" } },
    shows: (objects) => says(pod(objects).containers, '{"name":"LANG","value":"C"}'),
  },
  "pod.labels and pod.annotations": {
    values: { pod: { labels: { tier: "x" }, annotations: { note: "pods" } } },
    shows: (objects) =>
      template(objects).metadata.labels.tier === "x" &&
      template(objects).metadata.annotations?.note === "pods",
  },
  "pod.volumes": {
    values: {
      pod: {
        volumes: [{ name: "ca", configMap: { name: "ca" } }],
        volumeMounts: [{ name: "ca", mountPath: "/etc/ca", readOnly: true }],
      },
    },
    shows: (objects) =>
      says(pod(objects).volumes, '"name":"ca"') && says(pod(objects).containers, "/etc/ca"),
  },
  "pod.nodeSelector": {
    values: { pod: { nodeSelector: { disk: "ssd" } } },
    shows: (objects) => pod(objects).nodeSelector?.disk === "ssd",
  },
  "pod.tolerations": {
    values: { pod: { tolerations: [{ key: "only", operator: "Exists" }] } },
    shows: (objects) => says(pod(objects).tolerations, '"only"'),
  },
  "pod.priorityClassName": {
    values: { pod: { priorityClassName: "high" } },
    shows: (objects) => pod(objects).priorityClassName === "high",
  },
  "serviceAccount.name": {
    values: { serviceAccount: { name: "there" } },
    shows: (objects) =>
      pod(objects).serviceAccountName === "there" && !has("ServiceAccount")(objects),
  },
  "serviceAccount.annotations": {
    values: { serviceAccount: { annotations: { role: "cloud" } } },
    shows: (objects) =>
      ofKind(objects, "ServiceAccount")[0]?.metadata.annotations?.role === "cloud",
  },
  "service.annotations": {
    values: { service: { annotations: { note: "service" } } },
    shows: (objects) => service(objects)?.metadata.annotations?.note === "service",
  },
  "placement.zones": {
    values: { placement: { zones: "required" } },
    shows: (objects) =>
      pod(objects).topologySpreadConstraints[0].whenUnsatisfiable === "DoNotSchedule",
  },
  "network.ingress": {
    values: { network: { ingress: ["caller"] } },
    shows: (objects) => says(policy(objects).ingress, '"caller"'),
  },
  "network.egress": {
    values: { network: { egress: [{ to: "callee", port: 9000 }] } },
    shows: (objects) => says(policy(objects).egress, '"callee"'),
  },
  "network.gateways": {
    values: { network: { gateways } },
    shows: (objects) => says(policy(objects).ingress, '"gateways"'),
  },
  "network.outside": {
    values: { network: { outside: [{ cidr: "203.0.113.0/24", port: 443 }] } },
    shows: (objects) => says(policy(objects).egress, '"203.0.113.0/24"'),
  },
  route: { values: { route, network: { gateways } }, shows: has("HTTPRoute") },
  ingress: { values: { ingress, network: { gateways } }, shows: has("Ingress") },
};

/** Unmodified agents have no metrics; what has them shows them. */
export const monitoring: Record<string, Switch> = {
  "global.monitoring=annotations": {
    values: { global: { monitoring: "annotations" } },
    shows: (objects) => template(objects).metadata.annotations?.["prometheus.io/scrape"] === "true",
  },
  "global.monitoring=operator": {
    values: { global: { monitoring: "operator" } },
    shows: has("ServiceMonitor"),
  },
};
