import { z } from "zod";
import { networkPart, ownImage, resourcesOf, workloadPart } from "#config/charts/common";
import { envBeside, host, objectName } from "#config/charts/kubernetes-words";
import { tracing } from "#config/charts/tracing";
import { signalScaling } from "#config/shapes";

/** How the owner of a database reaches it. */
export const connection = z.strictObject({
  host,
  port: z.int().min(1).max(65535).default(5432),
  name: z
    .string()
    .min(1)
    .default("registry")
    .describe("The database, and whom all in it belongs to."),
  user: z.string().min(1).optional().describe("Who logs in; absent: the owner, called as it is."),
  existingSecret: objectName.describe('A Secret with the key "password".'),
  caSecret: objectName
    .optional()
    .describe(
      'A Secret whose key "ca.crt" holds the authorities that may vouch for the server, one of which has to; absent: those that the system knows.',
    ),
});

export const logLevel = z.enum(["debug", "info", "warn", "error"]).default("info");

export const registry = z.strictObject({
  ...workloadPart,
  env: envBeside(
    ...["HOST", "PORT", "LOG_LEVEL", "MCP_MESH_DECLARED_AGENTS"],
    ...["HOST", "PORT", "NAME", "USER", "PASSWORD_FILE", "CA_FILE", "TLS"].map(
      (key) => `DATABASE_${key}`,
    ),
  ),
  image: ownImage("registry", "0.1.0"),
  replicas: workloadPart.replicas.default(2),
  autoscaling: signalScaling.optional(),
  logLevel,
  tracing: tracing.optional(),
  database: connection.prefault({
    host: "postgres",
    existingSecret: "postgres-registry",
    caSecret: "postgres-tls",
  }),
  declaredAgents: z
    .array(z.record(z.string(), z.json()))
    .default([])
    .describe("Registrations of servers that never speak to the registry themselves."),
  resources: resourcesOf(["50m", "128Mi", "32Mi"], ["500m", "256Mi", "128Mi"]),
  network: networkPart.prefault({
    egress: [{ to: "postgres", port: 5432 }],
  }),
});
export type RegistryValues = z.output<typeof registry>;
