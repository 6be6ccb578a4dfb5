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

/** How long sessions last that nobody ends, and how many there may be. */
export const sessions = z.strictObject({
  idleMinutes: z
    .int()
    .min(1)
    .max(1440)
    .default(30)
    .describe("A session that is unused for so long is ended at the server."),
  drainMinutes: z
    .int()
    .min(1)
    .max(60)
    .default(10)
    .describe("How long an old pod serves its sessions on after an update."),
  limit: z
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .describe("The most that there may be: for one more, the idlest is ended."),
});

/** The version that a tag says, or undefined where it says none, such as `main` or `15`. */
export function versionOfTag(tag: string): string | undefined {
  const found = tag.replace(/^v(?=\d)/, "");
  return version.safeParse(found).success ? found : undefined;
}

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

/** What one file in `agents/` may say, with what its bases say. */
export const agentSchema = z
  .strictObject({
    name: name.describe("Also the name of its Service."),
    version: version
      .optional()
      .describe("As the image's tag; written where the tag is no version, and there alone."),
    mode: z
      .enum(["vanilla", "mesh"])
      .describe("vanilla: the server as its author made it. mesh: joined by the runtime."),
    profile: z
      .enum(["stateless", "sessionful"])
      .default("stateless")
      .describe("Whether any replica can answer any request, or clients have sessions with one."),
    image,
    portVariable: variable
      .default("PORT")
      .describe("The environment variable that tells the server its port."),
    hostsVariable: variable
      .optional()
      .describe(
        "The environment variable that tells the server the hosts it answers to, with commas between: its Service's names, and those of its route or ingress.",
      ),
    sessions: sessions.optional().describe("With profile: sessionful, of its clients."),
    replicas: replicas.default(1),
    env: z.record(variable, z.string().min(1)).default({}),
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
    if (agent.profile !== "sessionful" && agent.sessions !== undefined) {
      refuse(["sessions"], "a stateless agent has none; leave it out, or set profile: sessionful");
    }
    const { portVariable, hostsVariable } = agent;
    if (portVariable in agent.env) {
      refuse(["env", portVariable], "the chart tells the server its port; leave it out");
    }
    if (hostsVariable !== undefined && hostsVariable in agent.env) {
      refuse(["env", hostsVariable], "the chart tells the server its hosts; leave it out");
    }
    if (hostsVariable === portVariable) {
      refuse(["hostsVariable"], "portVariable is the same; name another");
    }
    const { version, image } = agent;
    const follows = versionOfTag(image.tag);
    if (version === undefined && follows === undefined) {
      refuse(["version"], `is missing; the image's tag "${image.tag}" is no version to follow`);
    }
    if (version !== undefined && follows !== undefined && version !== follows) {
      refuse(
        ["version"],
        `found ${version}, but the image's tag is ${image.tag}; leave it out: it follows the image`,
      );
    }
    for (const key of Object.keys(agent.env)) {
      if (key.startsWith("MCP_MESH_")) {
        refuse(["env", key], "names that start with MCP_MESH_ are the runtime's; choose another");
      }
    }
  });
export type Agent = z.output<typeof agentSchema> & { version: string };
export type Dependency = Agent["dependencies"][number];
export type Tool = Agent["tools"][number];
