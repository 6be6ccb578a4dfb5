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

const range = {
  minReplicas: replicas,
  maxReplicas: replicas,
  cpuPercent: z.int().min(1).max(100).default(65).describe("Of the requested CPU, on average."),
  quietSeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(300)
    .describe("How long the load must have been lower before a pod is taken away."),
};

const ordered = ({ minReplicas, maxReplicas }: { minReplicas: number; maxReplicas: number }) =>
  minReplicas <= maxReplicas;

const OUT_OF_ORDER = {
  path: ["maxReplicas"],
  error: "must not be less than minReplicas; raise one or lower the other",
};

const FOLLOWS_LOAD =
  "How many replicas there are follows the load; `replicas` then counts for nothing.";

export const autoscaling = z
  .strictObject(range)
  .refine(ordered, OUT_OF_ORDER)
  .describe(FOLLOWS_LOAD);
export type Autoscaling = z.output<typeof autoscaling>;

/** For what measures its own load, too. */
export const signalScaling = z
  .strictObject({
    ...range,
    signal: z
      .enum(["resources", "custom-metrics", "keda"])
      .default("resources")
      .describe(
        "resources: CPU alone. custom-metrics: what the workload measures, from the custom metrics API, too. keda: the same, by KEDA's operator, which must be there.",
      ),
    target: z
      .int()
      .min(1)
      .optional()
      .describe(
        "How much of it a pod should have: an agent's calls in flight, the registry's requests a second.",
      ),
    prometheusUrl: z
      .url()
      .optional()
      .describe("Where KEDA finds Prometheus; a stack's own if left out."),
    fallbackReplicas: replicas
      .optional()
      .describe("With keda: the least while Prometheus does not answer; minReplicas if left out."),
  })
  .refine(ordered, OUT_OF_ORDER)
  .superRefine(({ signal, target, prometheusUrl, fallbackReplicas }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if (signal === "resources" && target !== undefined) {
      refuse("target", "counts with signal custom-metrics or keda alone; set it or leave this out");
    }
    if (signal !== "resources" && target === undefined) {
      refuse("target", `is missing; with signal ${signal}, write how much a pod should have`);
    }
    if (signal === "keda") return;
    const elsewhere = "counts with signal keda alone; leave it out";
    if (prometheusUrl !== undefined) refuse("prometheusUrl", elsewhere);
    if (fallbackReplicas !== undefined) refuse("fallbackReplicas", elsewhere);
  })
  .describe(FOLLOWS_LOAD);
export type SignalScaling = z.output<typeof signalScaling>;

function says(found: unknown, wanted: string): string {
  return `found ${JSON.stringify(found)}; ${wanted}`;
}

function notQuantity(found: unknown): string {
  return says(found, "write a Kubernetes quantity, such as 500m, 2 or 256Mi");
}
