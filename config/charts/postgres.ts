import { z } from "zod";
import { networkPart, ownImage, resourcesOf, workloadPart } from "#config/charts/common";
import { quantity } from "#config/shapes";

const {
  replicas: _replicas,
  autoscaling: _autoscaling,
  route: _route,
  ingress: _ingress,
  ...statefulPart
} = workloadPart;
const secret = z.string().min(1).describe('A Secret with the key "password".');

export const postgres = z.strictObject({
  ...statefulPart,
  image: ownImage("postgres", "15"),
  storage: z
    .strictObject({
      size: quantity.default("8Gi"),
      class: z.string().default("").describe("The StorageClass; empty: global.storageClass."),
    })
    .prefault({}),
  superuser: z.strictObject({ existingSecret: secret }).prefault({
    existingSecret: "postgres-superuser",
  }),
  application: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,62}$/)
        .default("registry")
        .describe("The login and the database that it owns."),
      existingSecret: secret.default("postgres-registry"),
    })
    .prefault({}),
  resources: resourcesOf(["100m", "256Mi", "64Mi"], ["1", "512Mi", "256Mi"]),
  network: networkPart.prefault({ ingress: ["registry"] }),
});
export type PostgresValues = z.output<typeof postgres>;
