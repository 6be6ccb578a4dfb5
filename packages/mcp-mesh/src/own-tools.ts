import { setTimeout as sleep } from "node:timers/promises";
import { META_KEY, type ToolMetadata } from "mcp-mesh-types";
import { reason } from "./log.ts";
import type { ListedTool, OwnServer } from "./own-server.ts";
import { log } from "./runtime-log.ts";

/** A tool of this agent, as the registry is told about it. */
export interface OwnTool extends ToolMetadata {
  function_name: string;
  version: string;
  tags: string[];
  description?: string;
  inputSchema: object;
  outputSchema?: object;
  /** Whether a call that may have happened already can be made once more. */
  idempotent?: true;
}

/** What the agent is and offers. */
export interface Offer {
  version: string;
  tools: OwnTool[];
}

/**
 * Asks the agent over MCP what it offers, as any client would. That works for every server whatever
 * it is made of, and shows that it can be used.
 */
export async function readOffer(server: OwnServer): Promise<Offer> {
  const { version, tools } = await server.ask();
  return { version, tools: tools.map((tool) => ownTool(tool, version)) };
}

/** The same of an agent that is starting: asks until it answers. */
export async function awaitOffer(server: OwnServer, signal: AbortSignal): Promise<Offer> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await readOffer(server);
    } catch (error) {
      // The first seconds are the agent's own start.
      if (attempt > 0 && attempt % 20 === 0) {
        log.warn("the agent does not answer yet", { error: reason(error) });
      }
    }
    await sleep(Math.min(1000, 50 * 2 ** Math.min(attempt, 5)), undefined, { signal });
  }
}

/** A tool without the mesh's metadata is offered under its own name. */
function ownTool(tool: ListedTool, version: string): OwnTool {
  const { name, description, inputSchema, outputSchema, annotations, _meta } = tool;
  const own = _meta?.[META_KEY] as ToolMetadata | undefined;
  const idempotent = annotations?.idempotentHint === true || annotations?.readOnlyHint === true;
  return {
    function_name: name,
    capability: own?.capability ?? name,
    version: own?.version ?? version,
    tags: own?.tags ?? [],
    description,
    inputSchema,
    outputSchema,
    ...(idempotent && { idempotent }),
    dependencies: own?.dependencies ?? [],
  };
}
