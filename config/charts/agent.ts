import { z } from "zod";
import { agentSchema, sessions } from "#config/agent-schema";
import { networkPart, ownImage, resourcesOf, workloadPart } from "#config/charts/common";
import { envBeside } from "#config/charts/kubernetes-words";
import { tracing } from "#config/charts/tracing";
import { signalScaling, version } from "#config/shapes";

export const agent = z.strictObject({
  ...workloadPart,
  env: envBeside(
    ...["REGISTRY_URL", "AGENT_NAME", "HTTP_HOST", "HTTP_PORT", "MANAGEMENT_PORT"].map(
      (key) => `MCP_MESH_${key}`,
    ),
    ...["NAMESPACE", "CONFIG", "POD", "POD_IP", "ZONE", "LOCAL_PORT", "DRAIN_SECONDS"].map(
      (key) => `MCP_MESH_${key}`,
    ),
  ),
  image: ownImage("server-debug", "2.0.3"),
  version: version.default("0.1.0"),
  mode: agentSchema.shape.mode.default("vanilla"),
  profile: agentSchema.shape.profile,
  portVariable: agentSchema.shape.portVariable,
  hostsVariable: agentSchema.shape.hostsVariable,
  sessions: sessions.prefault({}).describe("Of a sessionful agent's clients."),
  relay: z
    .strictObject({
      image: ownImage("session-relay", "0.1.0"),
      resources: resourcesOf(["20m", "96Mi", "16Mi"], ["500m", "192Mi", "32Mi"]),
    })
    .prefault({})
    .describe("Before a sessionful agent's server: brings requests to the pod with their session."),
  replicas: workloadPart.replicas.default(1),
  autoscaling: signalScaling.optional(),
  drainSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(5)
    .describe("From the pod's leaving the Service to its being told to end, at the least."),
  registryUrl: z.url().default("http://registry:8000").describe("Where a mesh agent registers."),
  config: z
    .record(z.string(), z.json())
    .default({})
    .describe("A mesh agent's own settings, given to it as a file."),
  tracing: tracing.optional().describe("Of a mesh agent's calls; an unmodified server makes none."),
  check: agentSchema.shape.check
    .optional()
    .describe("The call that `helm test` makes; without it there is no test."),
  checkImage: ownImage("release-check", "0.1.0").describe("What makes that call."),
  resources: resourcesOf(["50m", "128Mi", "32Mi"], ["500m", "512Mi", "128Mi"]),
  network: networkPart.prefault({}),
});
export type AgentValues = z.output<typeof agent>;
