import { z } from "zod";
import { parseQuantity } from "#config/quantity";
import { type Amounts, amounts, quantity, resources } from "#config/shapes";

const groups = z.array(z.string().min(1)).default([]);

/** What bounds everything in the namespace. */
export const guardrails = z.strictObject({
  quota: z
    .strictObject({
      pods: quantity.default("30"),
      "requests.cpu": quantity.default("4"),
      "requests.memory": quantity.default("8Gi"),
      "requests.ephemeral-storage": quantity.default("8Gi"),
      "limits.cpu": quantity.default("16"),
      "limits.memory": quantity.default("16Gi"),
      "limits.ephemeral-storage": quantity.default("16Gi"),
      "requests.storage": quantity.default("50Gi"),
    })
    .prefault({})
    .describe("What everything in the namespace may use together."),
  containers: z
    .strictObject({
      defaults: resources
        .prefault({
          requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "32Mi" },
          limits: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "128Mi" },
        })
        .describe("For containers of yours that ask for nothing."),
      max: amounts
        .prefault({ cpu: "4", memory: "8Gi", "ephemeral-storage": "4Gi" })
        .describe("The most that one container may ask for."),
    })
    .superRefine(({ defaults, max }, context) => {
      for (const key of Object.keys(max) as (keyof Amounts)[]) {
        if ((parseQuantity(defaults.limits[key]) ?? 0n) <= (parseQuantity(max[key]) ?? 0n))
          continue;
        const message = `is less than the default limit of ${defaults.limits[key]}; raise it or lower that`;
        context.addIssue({ code: "custom", path: ["max", key], message });
      }
    })
    .prefault({}),
  priorityClasses: z
    .boolean()
    .default(true)
    .describe("Whether to make the PriorityClasses <namespace>-data, -registry and -agents."),
  access: z
    .strictObject({
      viewers: groups.describe("Groups that may look at everything but Secrets."),
      operators: groups.describe("Groups that may also restart, scale and open a port."),
    })
    .prefault({})
    .describe("What people may do in the namespace, by the groups of the cluster's sign-in."),
});
