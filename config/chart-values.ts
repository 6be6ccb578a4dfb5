import { z } from "zod";
import { agentSchema } from "#config/agent-schema";
import { stackSchema } from "#config/schema";
import { quantity, replicas, resources } from "#config/shapes";

/** What each chart takes. `npm run generate` writes the charts' values.schema.json from here. */

const imageText = z.string().min(1).describe("A complete reference; by digest where it matters.");
const secret = z.string().min(1).describe('A Secret with the key "password".');
const port = z.int().min(1).max(65535);
const network = z.strictObject({
  ingress: z.array(z.string()).describe("Workloads of this namespace that may call."),
  egress: z
    .array(z.strictObject({ to: z.string(), port }))
    .optional()
    .describe("Workloads of this namespace that it may call; with any, DNS is open too."),
});
const { placement } = stackSchema.shape;

const foundation = stackSchema.shape.guardrails;

const postgres = z.strictObject({
  image: imageText,
  storage: z.strictObject({ size: quantity, class: z.string().min(1).optional() }),
  superuser: z.strictObject({ existingSecret: secret }),
  application: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,62}$/)
      .describe("The login and the database that it owns."),
    existingSecret: secret,
  }),
  resources,
  network,
});

const registry = z.strictObject({
  image: imageText,
  replicas,
  logLevel: stackSchema.shape.registry.shape.logLevel,
  database: z.strictObject({
    host: z.string().min(1),
    port,
    name: z.string().min(1).describe("Both the database and the login."),
    existingSecret: secret,
  }),
  declaredAgents: z
    .array(z.record(z.string(), z.json()))
    .describe("Registrations of servers that never speak to the registry themselves."),
  placement,
  resources,
  network,
});

const agent = z.strictObject({
  image: imageText,
  version: agentSchema.shape.version,
  mode: agentSchema.shape.mode,
  profile: agentSchema.shape.profile,
  replicas,
  drainSeconds: z
    .int()
    .min(1)
    .max(600)
    .describe("From the pod's leaving the Service to its being told to end."),
  env: agentSchema.shape.env,
  registryUrl: z.url().describe("Where a mesh agent registers."),
  config: z.record(z.string(), z.json()).describe("A mesh agent's own settings."),
  placement,
  resources,
  network,
});

export const chartValues = { foundation, postgres, registry, agent };
export type AgentValues = z.output<typeof agent>;
export type RegistryValues = z.output<typeof registry>;
export type PostgresValues = z.output<typeof postgres>;
export type FoundationValues = z.output<typeof foundation>;
