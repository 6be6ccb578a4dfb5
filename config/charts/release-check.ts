import { z } from "zod";
import { agentSchema } from "#config/agent-schema";
import { apiServer, networkPart, ownImage, resourcesOf, workloadPart } from "#config/charts/common";

/** Of the chart and of a stack alike. */
export const rollback = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        "Whether an agent that fails its proof, and that changed since its last one, gets back what was proven then. The check may then patch these agents' Deployments, and nothing else.",
      ),
    apiServer,
  })
  .prefault({})
  .describe("What becomes of an agent that fails.");

const { global, fullnameOverride, labels, annotations, env, pod, serviceAccount } = workloadPart;

export const releaseCheck = z.strictObject({
  global,
  fullnameOverride,
  labels,
  annotations,
  env,
  pod,
  serviceAccount,
  image: ownImage("release-check", "0.1.0"),
  timeoutSeconds: z
    .int()
    .min(5)
    .max(900)
    .default(60)
    .describe("How long all targets together may take to answer as they should."),
  targets: z
    .array(
      agentSchema.shape.check.extend({
        name: z.string().min(1).describe("The agent's."),
        url: z.url().describe("Where MCP clients find it."),
      }),
    )
    .default([])
    .describe("What to call."),
  rollback,
  proves: z
    .string()
    .default("")
    .describe("Another text whenever there is something new to prove: the check then runs again."),
  resources: resourcesOf(["50m", "96Mi", "16Mi"], ["500m", "192Mi", "64Mi"]),
  network: networkPart.prefault({}),
});
export type ReleaseCheckValues = z.output<typeof releaseCheck>;
