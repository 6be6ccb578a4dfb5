import { z } from "zod";

const targets = z.strictObject({
  /** How long all targets together may take to pass, in seconds. */
  timeoutSeconds: z.number().positive(),
  /** Whether agents whose proof fails get back their last proven version: Deployments of that name. */
  rollback: z.strictObject({ namespace: z.string().min(1) }).optional(),
  targets: z.array(
    z.strictObject({
      name: z.string().min(1),
      /** The agent's MCP endpoint, for example `http://greeter.mcp-mesh.svc:8080/mcp`. */
      url: z.url({ protocol: /^https?$/ }),
      tool: z.string().min(1),
      arguments: z.record(z.string(), z.unknown()).default({}),
      /** What the text of the tool's result must contain. */
      expect: z.string(),
    }),
  ),
});

export type Targets = z.infer<typeof targets>;
export type Target = Targets["targets"][number];

/** Parses the targets file. Throws all that is wrong with it, each with its path. */
export function parseTargets(text: string): Targets {
  const result = targets.safeParse(JSON.parse(text));
  if (!result.success) throw new Error(z.prettifyError(result.error));
  return result.data;
}
