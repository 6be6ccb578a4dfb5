import { z } from "zod";
import { admission } from "#config/admission";
import { globalPart, networkPart, podPart, workloadPart } from "#config/charts/common";
import { dashboardParts } from "#config/charts/dashboard";
import { ingress, route } from "#config/charts/exposure";
import { logLevel } from "#config/charts/registry";
import { rollback } from "#config/charts/release-check";
import { database } from "#config/database";
import { guardrails } from "#config/guardrails";
import { monitoring } from "#config/monitoring";
import { region } from "#config/region";
import { rotation } from "#config/rotation";
import { autoscaling, image, name, replicas, resources, signalScaling } from "#config/shapes";

/** What the agents' files may name in braces. */
export const variables = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
      error: "must be letters, digits and underscores, no digit first",
    }),
    z
      .union([z.string(), z.int(), z.boolean()], {
        error: "write a text, a whole number, true or false; quote anything else",
      })
      .transform(String)
      .meta({ title: "text, whole number, true or false" }),
  )
  .default({})
  .describe(
    "What the agents' files take by ${NAME}: never a secret, because it ends in config maps.",
  );

const globals = globalPart.unwrap().shape;
const { placement, env } = workloadPart;

/** What a stack may set for a stateless workload. */
const scaled = {
  replicas,
  autoscaling: autoscaling.optional(),
  resources,
  env,
  pod: podPart,
  route: route.optional(),
  ingress: ingress.optional(),
};

/** What `Pulumi.<stack>.yaml` may say, under the project's name. */
export const stackSchema = z.strictObject({
  namespace: name.describe("The Kubernetes namespace that the stack makes and lives in."),
  context: z
    .string()
    .min(1)
    .optional()
    .describe("The kubeconfig context to deploy with; the current one if absent."),
  labels: globals.labels,
  annotations: globals.annotations,
  images: z.strictObject({
    registry: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$/)
      .describe("Where images with a short name come from."),
    mirror: globals.imageRegistry,
    pullSecrets: globals.imagePullSecrets,
    lock: z
      .string()
      .optional()
      .describe("A JSON file that pins tags to digests; used if it is there."),
  }),
  network: z
    .strictObject({
      ipFamilyPolicy: globals.ipFamilyPolicy,
      serviceMesh: globals.serviceMesh,
      dns: globals.dns,
      gateways: networkPart.shape.gateways.describe(
        "Pods that bring traffic from outside, to what has a route or an ingress.",
      ),
    })
    .prefault({}),
  storage: z.strictObject({ class: globals.storageClass }).prefault({}),
  monitoring,
  guardrails,
  admission: admission
    .optional()
    .describe("The policy pack's rules in the cluster itself; left out, there are none."),
  placement,
  postgres: database,
  rotation: rotation.describe(
    "Generations of the secrets that the program makes. An update for each step: `{current: 1, next: 2}`, then `{current: 2, previous: 1}`, then `{current: 2}`; the next one when everybody has noticed.",
  ),
  region: region.optional(),
  registry: z.strictObject({ ...scaled, autoscaling: signalScaling.optional(), image, logLevel }),
  variables,
  agents: z
    .record(
      z.string(),
      z.strictObject({
        deploy: z.boolean().default(true).describe("Whether this stack has the agent at all."),
        ...scaled,
        autoscaling: signalScaling.optional(),
        replicas: replicas.optional(),
        resources: resources.optional(),
      }),
    )
    .default({})
    .describe("By an agent's name: what this stack sets otherwise than the agent's file."),
  dashboard: z
    .strictObject({
      ...scaled,
      image,
      logLevel,
      ...dashboardParts,
      outside: networkPart.shape.outside.describe(
        "Addresses beyond the cluster that it may call: those of auth.oidc.issuer.",
      ),
    })
    .optional()
    .describe("The page that shows the mesh; left out, there is none."),
  releaseCheck: z.strictObject({
    image,
    timeoutSeconds: z
      .int()
      .min(5)
      .max(900)
      .describe("How long the agents may take to answer as their files say."),
    rollback,
  }),
});
export type StackSettings = z.output<typeof stackSchema>;
