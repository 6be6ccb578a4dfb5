import { z } from "zod";
import { ingress, route } from "#config/charts/exposure";
import {
  annotations,
  cidr,
  envBeside,
  labels,
  labelValue,
  objectName,
  objectNameOrNone,
  selector,
  shortName,
  taintKey,
} from "#config/charts/kubernetes-words";
import { autoscaling, name, replicas, resources } from "#config/shapes";

/** What the charts of all workloads take alike. */

const port = z.int().min(1).max(65535);

/** A registry's host and port, and a path where a mirror has one. */
const imageHost = z.string().regex(/^([A-Za-z0-9][-A-Za-z0-9.]*(:[0-9]+)?(\/[a-z0-9._-]+)*)?$/);

export const imagePart = z
  .strictObject({
    registry: imageHost.min(1).describe("The host; global.imageRegistry goes before it."),
    repository: z.string().regex(/^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/),
    tag: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)
      .refine((tag) => tag !== "latest", {
        error: 'found "latest", which names another image every day; name a version',
      })
      .meta({ not: { const: "latest" } }),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional()
      .describe("What runs, whatever becomes of the tag."),
  })
  .describe("Rendered as registry/repository:tag@digest.");
export type ImagePart = z.output<typeof imagePart>;

/** An image of this project's own, by its last name. */
export const ownImage = (repository: string, tag: string) =>
  imagePart.prefault({ registry: "ghcr.io", repository: `mcp-mesh/${repository}`, tag });

const podsOf = (meaning: string) =>
  z.strictObject({ namespace: shortName, labels: selector }).describe(meaning);

/** Under `global`, because Helm hands that on to the charts inside a chart. */
export const globalPart = z
  .strictObject({
    imageRegistry: imageHost.default("").describe("A mirror's host, in place of every image's."),
    imagePullSecrets: z.array(objectName).default([]).describe("Names of Secrets."),
    labels: labels.describe("House labels, on every object and pod."),
    annotations: annotations.describe("House annotations, on every object."),
    storageClass: objectNameOrNone
      .default("")
      .describe("Of every volume; empty: the cluster's default."),
    ipFamilyPolicy: z
      .enum(["SingleStack", "PreferDualStack", "RequireDualStack"])
      .default("SingleStack")
      .describe("Of every Service."),
    serviceMesh: z
      .enum(["none", "istio", "linkerd", "ambient"])
      .default("none")
      .describe(
        "Pods join it, speak mTLS only, and admit those whom the network policies name. Its CNI plugin must be there: the restricted Pod Security profile forbids its init containers.",
      ),
    monitoring: z
      .enum(["none", "annotations", "operator"])
      .default("none")
      .describe(
        "How Prometheus finds the pods: not, by prometheus.io annotations, or by the operator's ServiceMonitors.",
      ),
    prometheus: podsOf(
      "The Prometheus of the operator, where monitoring is by the operator.",
    ).prefault({
      namespace: "monitoring",
      labels: { "app.kubernetes.io/name": "prometheus" },
    }),
    dns: podsOf(
      "The pods that answer for cluster DNS; network policies let workloads ask them.",
    ).prefault({ namespace: "kube-system", labels: { "k8s-app": "kube-dns" } }),
  })
  .describe("The same for all charts of a stack.")
  .prefault({});
export type Global = z.output<typeof globalPart>;

const toleration = z
  .strictObject({
    key: taintKey,
    operator: z.enum(["Exists", "Equal"]).optional(),
    value: labelValue.optional(),
    effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
    tolerationSeconds: z.int().min(0).optional(),
  })
  .superRefine(({ key, operator, value, effect, tolerationSeconds }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (key === undefined && operator !== "Exists")
      refuse("operator", "without a key, it is Exists");
    if (operator === "Exists" && value) refuse("value", "Exists compares no value; leave it out");
    if (tolerationSeconds !== undefined && effect !== "NoExecute") {
      refuse("tolerationSeconds", "counts with effect NoExecute alone; leave it out");
    }
  });

const source = z.looseObject({}).optional();

/** Of the kinds that the strictest Pod Security profile allows. */
const volume = z.strictObject({
  name: shortName,
  configMap: source,
  csi: source,
  downwardAPI: source,
  emptyDir: source,
  ephemeral: source,
  image: source,
  persistentVolumeClaim: source,
  projected: source,
  secret: source,
});

/** What a stack may add to the pods of a workload. */
export const podPart = z
  .strictObject({
    labels: labels.describe("Of the pods alone."),
    annotations: annotations.describe("Of the pods alone."),
    volumes: z
      .array(volume)
      .default([])
      .describe(
        "Kubernetes volumes, such as a Secret with a CA; of the kinds that policies allow.",
      ),
    volumeMounts: z
      .array(
        z.strictObject({
          name: shortName,
          mountPath: z.string().regex(/^\/[^:]*$/),
          readOnly: z.boolean().default(true),
        }),
      )
      .default([]),
    nodeSelector: selector.default({}).describe("Labels that a node must have."),
    tolerations: z.array(toleration).default([]).describe("Taints that the pods put up with."),
    priorityClassName: objectNameOrNone
      .default("")
      .describe("A PriorityClass; empty: the default one."),
  })
  .describe("What pods have beyond the chart's own.")
  .prefault({});
export type PodPart = z.output<typeof podPart>;

export const env = envBeside();

/** Whom the network policy lets in, and out to. */
export const networkPart = z
  .strictObject({
    ingress: z.array(name).default([]).describe("Workloads of this namespace that may call."),
    egress: z
      .array(z.strictObject({ to: name, port }))
      .default([])
      .describe("Workloads of this namespace that it may call; with any, DNS is open too."),
    gateways: z
      .array(podsOf("Pods of one namespace."))
      .default([])
      .describe("Pods of other namespaces that may call: those of a gateway or an ingress."),
    outside: z
      .array(z.strictObject({ cidr, port }))
      .default([])
      .describe("Addresses beyond the cluster that it may call."),
  })
  .describe("What the network policy opens; nothing else passes.");
export type NetworkPart = z.output<typeof networkPart>;

/** Where network policies let out who asks the API server. */
export const apiServer = z
  .strictObject({
    cidrs: z.array(cidr).min(1).default(["0.0.0.0/0", "::/0"]),
    port: port.default(6443),
  })
  .prefault({})
  .describe(
    "Where the API server is: addresses behind the Service kubernetes.default, for network policies are applied to those. `kubectl get endpointslices --namespace default` shows them.",
  );

const placement = z
  .strictObject({
    zones: z
      .enum(["required", "preferred"])
      .describe("Whether replicas must be balanced over zones, or should be where possible."),
  })
  .describe("Replicas of a workload are on different nodes in any case.");

export const fullnameOverride = name
  .optional()
  .describe("The objects' name; else the release's, and the chart's behind it in an umbrella.");

/** What each stateless workload's chart takes. */
export const workloadPart = {
  global: globalPart,
  fullnameOverride,
  labels: labels.describe("On every object and pod of this chart."),
  annotations: annotations.describe("On every object of this chart."),
  replicas,
  autoscaling: autoscaling.optional(),
  env,
  pod: podPart,
  serviceAccount: z
    .strictObject({
      name: objectNameOrNone.default("").describe("One that is there already; else one is made."),
      annotations: annotations.describe("Such as those that give it a cloud identity."),
    })
    .prefault({}),
  service: z.strictObject({ annotations }).prefault({}),
  route: route.optional(),
  ingress: ingress.optional(),
  placement: placement.prefault({ zones: "preferred" }),
};

/** Requests and limits with a default that the chart's README shows. */
export function resourcesOf(
  requests: [cpu: string, memory: string, disk: string],
  limits: [cpu: string, memory: string, disk: string],
) {
  const amounts = ([cpu, memory, disk]: string[]) => ({
    cpu: cpu!,
    memory: memory!,
    "ephemeral-storage": disk!,
  });
  return resources.prefault({ requests: amounts(requests), limits: amounts(limits) });
}
