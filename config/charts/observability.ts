import { z } from "zod";
import { alerting, existingSecret, links } from "#config/charts/alerting";
import { kubeStateMetrics, nodes } from "#config/charts/cluster-figures";
import {
  apiServer,
  fullnameOverride,
  globalPart,
  imagePart,
  networkPart,
  ownImage,
  resourcesOf,
  workloadPart,
} from "#config/charts/common";
import { customMetrics } from "#config/charts/custom-metrics";
import { objectName, objectNameOrNone, selector } from "#config/charts/kubernetes-words";
import { parseQuantity } from "#config/quantity";
import { name, quantity } from "#config/shapes";

const { labels, annotations, env, pod, serviceAccount, service } = workloadPart;
const network = networkPart.prefault({});

export const storage = (size: string) =>
  z
    .strictObject({
      size: quantity.default(size),
      class: objectNameOrNone.default("").describe("The StorageClass; empty: global.storageClass."),
    })
    .prefault({});

/** What the pods of all three take alike. */
const server = { env, pod, serviceAccount, service };

const DURATION = /^[1-9][0-9]*(ms|s|m|h|d|w|y)$/;
export const duration = z.string().regex(DURATION, {
  error: 'write a duration as Prometheus does, such as "30s" or "15d"',
});

const prometheus = z
  .strictObject({
    ...server,
    image: ownImage("prometheus", "2.42.0"),
    scrapeInterval: duration.default("15s").describe("Rules are evaluated as often."),
    externalLabels: z
      .record(z.string().regex(/^[a-zA-Z_]\w*$/), z.string().min(1))
      .default({})
      .describe("Such as the cluster's name, on what leaves Prometheus: alerts above all."),
    retention: z
      .strictObject({
        time: duration.default("15d"),
        size: z
          .string()
          .regex(/^[1-9][0-9]*(MB|GB|TB)$/)
          .default("6GB")
          .describe("Of the blocks; leave a fifth of the volume to the write-ahead log."),
      })
      .prefault({})
      .describe("What is older, or beyond the size, is deleted."),
    storage: storage("8Gi"),
    discovery: z
      .strictObject({
        image: imagePart
          .optional()
          .describe(
            "ghcr.io/mcp-mesh/pod-discovery, where Prometheus was built without Kubernetes discovery, as Debian's is: it then asks for the pods in its place.",
          ),
        resources: resourcesOf(["20m", "48Mi", "16Mi"], ["200m", "128Mi", "64Mi"]),
      })
      .prefault({}),
    apiServer: apiServer.describe(
      "Where the API server is, which names the pods: addresses behind the Service kubernetes.default, for network policies are applied to those. `kubectl get endpointslices --namespace default` shows them.",
    ),
    nodes,
    resources: resourcesOf(["100m", "256Mi", "64Mi"], ["1", "1Gi", "256Mi"]),
    network,
  })
  .refine(
    // Prometheus counts in powers of two, and leaves the "i" away.
    ({ retention, storage }) =>
      (parseQuantity(retention.size.replace(/B$/, "i")) ?? 0n) * 5n <=
      (parseQuantity(storage.size) ?? 0n) * 4n,
    {
      path: ["retention", "size"],
      error: "leaves less than a fifth of the volume free; lower it or raise storage.size",
    },
  )
  .prefault({});

const alertmanager = z
  .strictObject({
    ...server,
    image: ownImage("alertmanager", "0.25.0"),
    ...alerting,
    configSecret: z
      .strictObject({ name: objectName, namespace: objectName })
      .optional()
      .describe(
        "Where an operator runs Alertmanager: the Secret to make, which it takes the routes from.",
      ),
    retention: duration.default("120h").describe("Of silences and of what was sent."),
    storage: storage("1Gi"),
    resources: resourcesOf(["20m", "48Mi", "32Mi"], ["200m", "128Mi", "64Mi"]),
    network,
  })
  .prefault({});

/** Grafana asks for each address: it does not find them by the issuer. */
const grafanaOidc = z
  .strictObject({
    label: z.string().min(1).optional().describe("On the button; absent: Single sign-on."),
    clientId: z.string().min(1),
    existingSecret: existingSecret("client-secret"),
    authUrl: z.url(),
    tokenUrl: z.url(),
    userinfoUrl: z.url(),
    scopes: z.array(z.string().min(1)).optional().describe("Absent: openid, profile and email."),
    rolePath: z
      .string()
      .min(1)
      .optional()
      .describe("A JMESPath on the claims, which gives the role; absent: everybody is a Viewer."),
  })
  .optional()
  .describe("Logins by OpenID Connect; network.outside opens the way to the provider.");

const grafana = z
  .strictObject({
    ...server,
    image: imagePart.prefault({
      registry: "docker.io",
      repository: "grafana/grafana",
      tag: "13.2.0",
    }),
    admin: z
      .strictObject({ existingSecret: existingSecret("password") })
      .optional()
      .describe("With it, Grafana runs; the login is admin."),
    oidc: grafanaOidc,
    storage: storage("2Gi"),
    resources: resourcesOf(["50m", "192Mi", "64Mi"], ["500m", "512Mi", "256Mi"]),
    network,
  })
  .prefault({});

/** Prometheus, Alertmanager and, where it has an admin, Grafana; with an operator, the rules alone. */
export const observability = z.strictObject({
  // Who installs this chart wants one of the two; the workloads' charts also know "none".
  global: globalPart
    .unwrap()
    .extend({
      monitoring: z
        .enum(["annotations", "operator"])
        .default("annotations")
        .describe(
          "annotations: a Prometheus of its own, which finds pods by them. operator: rules only.",
        ),
    })
    .prefault({}),
  fullnameOverride,
  labels,
  annotations,
  links,
  team: name.default("mesh").describe("Whose the alerts are: their label `team`."),
  dashboardLabels: selector
    .default({ grafana_dashboard: "1" })
    .describe("With an operator: what Grafana's sidecar knows ConfigMaps with dashboards by."),
  prometheus,
  alertmanager,
  kubeStateMetrics,
  grafana,
  customMetrics,
});
export type ObservabilityValues = z.output<typeof observability>;
