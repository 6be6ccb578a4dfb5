import { z } from "zod";
import { amounts, image, name, quantity, replicas, resources } from "#config/shapes";

/** What `Pulumi.<stack>.yaml` may say, under the project's name. */
export const stackSchema = z.strictObject({
  namespace: name.describe("The Kubernetes namespace that the stack makes and lives in."),
  context: z
    .string()
    .min(1)
    .optional()
    .describe("The kubeconfig context to deploy with; the current one if absent."),
  images: z.strictObject({
    registry: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$/)
      .describe("Where images with a short name come from."),
    lock: z
      .string()
      .optional()
      .describe("A JSON file that pins tags to digests; used if it is there."),
  }),
  guardrails: z.strictObject({
    quota: z
      .strictObject({
        pods: quantity,
        "requests.cpu": quantity,
        "requests.memory": quantity,
        "requests.ephemeral-storage": quantity,
        "limits.cpu": quantity,
        "limits.memory": quantity,
        "limits.ephemeral-storage": quantity,
        "requests.storage": quantity,
      })
      .describe("What everything in the namespace may use together."),
    containers: z.strictObject({
      defaults: resources.describe("For containers of yours that ask for nothing."),
      max: amounts.describe("The most that one container may ask for."),
    }),
  }),
  placement: z
    .strictObject({
      zones: z
        .enum(["required", "preferred"])
        .describe("Whether replicas must be balanced over zones, or should be where possible."),
    })
    .describe("Replicas of a workload are on different nodes in any case."),
  postgres: z.strictObject({
    image,
    storage: z.strictObject({
      size: quantity,
      class: z.string().min(1).optional().describe("The StorageClass; the default one if absent."),
    }),
    resources,
  }),
  registry: z.strictObject({
    image,
    replicas,
    logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
    resources,
  }),
  agents: z
    .record(
      z.string(),
      z.strictObject({ replicas: replicas.optional(), resources: resources.optional() }),
    )
    .default({})
    .describe("By an agent's name: what this stack sets otherwise than the agent's file."),
  releaseCheck: z.strictObject({
    image,
    timeoutSeconds: z
      .int()
      .min(5)
      .max(900)
      .describe("How long the agents may take to answer as their files say."),
  }),
});
export type StackSettings = z.output<typeof stackSchema>;
