import { z } from "zod";
import { imagePart, networkPart, resourcesOf, workloadPart } from "#config/charts/common";
import { objectName } from "#config/charts/kubernetes-words";

const { env, pod, serviceAccount, service, placement } = workloadPart;

/** The API that autoscalers ask for what pods measure: prometheus-adapter. */
export const customMetrics = z
  .strictObject({
    env,
    pod,
    serviceAccount,
    service,
    placement,
    image: imagePart.prefault({
      registry: "registry.k8s.io",
      repository: "prometheus-adapter/prometheus-adapter",
      tag: "v0.12.0",
    }),
    replicas: workloadPart.replicas.default(2),
    certificate: z
      .strictObject({
        existingSecret: objectName.describe("Of type kubernetes.io/tls, for the Service's name."),
        caBundle: z
          .base64()
          .optional()
          .describe("Who signed it, in PEM and then Base64; or else injectCaFrom."),
        injectCaFrom: z
          .string()
          .regex(/^[a-z0-9-]+\/[a-z0-9.-]+$/, { error: "write NAMESPACE/NAME of a Certificate" })
          .optional()
          .describe("cert-manager's Certificate, whose CA it then writes there."),
      })
      .refine(({ caBundle, injectCaFrom }) => !caBundle !== !injectCaFrom, {
        path: ["caBundle"],
        error: "is how the API server knows the adapter; write it, or injectCaFrom, not both",
      })
      .optional()
      .describe("What the adapter proves itself with to the API server. With it, it runs."),
    resources: resourcesOf(["50m", "96Mi", "32Mi"], ["500m", "256Mi", "128Mi"]),
    network: networkPart.prefault({}),
  })
  .describe(
    "For autoscaling.signal custom-metrics. A cluster has one such API, and installing it takes a cluster administrator's rights.",
  )
  .prefault({});
export type CustomMetricsValues = z.output<typeof customMetrics>;
