import { z } from "zod";
import { image, name, replicas, resources, version } from "#config/shapes";

const capability = name.describe("What the tool can do, in a word that its users look for.");
const tags = z.array(z.string().min(1)).default([]);

const tool = z.strictObject({
  name: z.string().min(1).describe("The MCP tool's name."),
  capability,
  version: version.default("1.0.0"),
  tags,
});

const dependency = z.strictObject({
  capability,
  version: z.string().min(1).optional().describe("A range of versions, such as >=1.2.0 or ^2.0.0."),
  tags: tags.describe("Plain: must be there. +tag: preferred. -tag: must not be there."),
  required: z.boolean().default(true).describe("Whether the agent is of no use without it."),
});

/** What one file in `agents/` may say. */
export const agentSchema = z
  .strictObject({
    name: name.describe("Also the name of its Service."),
    version,
    mode: z
      .enum(["vanilla", "mesh"])
      .describe("vanilla: the server as its author made it. mesh: joined by the runtime."),
    profile: z
      .enum(["stateless", "sessionful"])
      .default("stateless")
      .describe("Whether any replica can answer any request, or clients have sessions with one."),
    image,
    replicas: replicas.default(1),
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().min(1)).default({}),
    tools: z.array(tool).default([]).describe("What it offers to other agents."),
    dependencies: z.array(dependency).default([]).describe("What it needs from other agents."),
    resources,
    config: z
      .record(z.string(), z.json())
      .optional()
      .describe("The agent's own settings, given to it as a file. A change restarts its pods."),
    check: z
      .strictObject({
        tool: z.string().min(1),
        arguments: z.record(z.string(), z.json()).default({}),
        expect: z.string().min(1).describe("Text that the answer must contain."),
      })
      .describe("The call that proves the agent after each deployment."),
  })
  .superRefine((agent, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (agent.mode === "vanilla" && agent.config !== undefined) {
      refuse(["config"], "nothing in a vanilla agent reads it; use env, or mode: mesh");
    }
    if (agent.mode === "vanilla" && agent.dependencies.length > 0) {
      refuse(["dependencies"], "nothing wires a vanilla agent's; use mode: mesh");
    }
    if (agent.profile === "sessionful" && agent.replicas > 1) {
      refuse(
        ["replicas"],
        `found ${agent.replicas}; a sessionful agent has its sessions in one process: set it to 1`,
      );
    }
    for (const key of Object.keys(agent.env)) {
      if (key.startsWith("MCP_MESH_")) {
        refuse(["env", key], "names that start with MCP_MESH_ are the runtime's; choose another");
      }
    }
  });
export type Agent = z.output<typeof agentSchema>;
export type Dependency = Agent["dependencies"][number];
export type Tool = Agent["tools"][number];
