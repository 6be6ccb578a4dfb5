import { z } from "zod";
import { canonicalQuantity, parseQuantity } from "#config/quantity";

/** The words that make up both a stack's configuration and an agent's file. */

const NAME = "use lower-case letters, digits and dashes, a letter first, 50 characters at most";

/** A name that is a Service's, a pod's and a Helm release's at the same time. */
export const name = z
  .string()
  .regex(/^[a-z](?:[-a-z0-9]{0,48}[a-z0-9])?$/, { error: (issue) => says(issue.input, NAME) });

export const version = z.string().regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?$/, {
  error: (issue) => says(issue.input, "write a version as MAJOR.MINOR.PATCH, such as 1.4.0"),
});

/** Numbers are taken too, because YAML reads `cpu: 1` as one. */
export const quantity = z
  .union([z.string(), z.number()], { error: (issue) => notQuantity(issue.input) })
  .transform(String)
  .refine((text) => parseQuantity(text) !== undefined, {
    error: (issue) => notQuantity(issue.input),
  })
  .transform(canonicalQuantity)
  .meta({ title: "quantity" });

export const amounts = z.strictObject({
  cpu: quantity,
  memory: quantity,
  "ephemeral-storage": quantity,
});
export type Amounts = z.output<typeof amounts>;

export const resources = z
  .strictObject({
    requests: amounts.describe("What the scheduler sets aside for a pod."),
    limits: amounts.describe("The most that a pod may use."),
  })
  .superRefine(({ requests, limits }, context) => {
    for (const key of Object.keys(requests) as (keyof Amounts)[]) {
      const [request, limit] = [parseQuantity(requests[key]), parseQuantity(limits[key])];
      if (request === undefined || limit === undefined || request <= limit) continue;
      context.addIssue({
        code: "custom",
        path: ["requests", key],
        message: `${requests[key]} is more than the limit of ${limits[key]}; lower it or raise the limit`,
      });
    }
  })
  .meta({ title: "requests and limits of cpu, memory and ephemeral-storage" });
export type Resources = z.output<typeof resources>;

export const image = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._/:-]*[a-z0-9]$/, {
        error: (issue) => says(issue.input, "write an image's name without tag or digest"),
      })
      .describe(
        "Short names are looked up in images.registry; one with a slash stands for itself.",
      ),
    tag: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, {
        error: (issue) => says(issue.input, "write an image's tag"),
      })
      .refine((tag) => tag !== "latest", {
        error: 'found "latest", which names another image every day; name a version',
      }),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, {
        error: (issue) => says(issue.input, 'write "sha256:" and 64 hexadecimal digits'),
      })
      .optional(),
  })
  .meta({ title: "name, tag and, where it matters, digest" });
export type Image = z.output<typeof image>;

export const replicas = z.int().min(1).max(100);

export const autoscaling = z
  .strictObject({
    minReplicas: replicas,
    maxReplicas: replicas,
    cpuPercent: z.int().min(1).max(100).default(65).describe("Of the requested CPU, on average."),
  })
  .refine(({ minReplicas, maxReplicas }) => minReplicas <= maxReplicas, {
    path: ["maxReplicas"],
    error: "must not be less than minReplicas; raise one or lower the other",
  })
  .describe("How many replicas there are follows the load; `replicas` then counts for nothing.");
export type Autoscaling = z.output<typeof autoscaling>;

function says(found: unknown, wanted: string): string {
  return `found ${JSON.stringify(found)}; ${wanted}`;
}

function notQuantity(found: unknown): string {
  return says(found, "write a Kubernetes quantity, such as 500m, 2 or 256Mi");
}
