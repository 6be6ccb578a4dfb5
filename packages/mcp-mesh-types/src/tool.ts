import type { DependencySpec, ToolMetadata } from "./metadata.ts";
import { META_KEY } from "./metadata.ts";

/** What a tool tells the mesh about itself. */
export interface MeshTool {
  /** What other agents ask for, for example `greeting`. */
  capability: string;
  /** Semantic version of the capability; the agent's own version if it is left out. */
  version?: string;
  tags?: string[];
  /** The capabilities of other agents that this tool calls, as `dependency()` returns them. */
  dependencies?: (DependencySpec | { readonly spec: DependencySpec })[];
}

/**
 * The mesh's part of a tool's configuration, to be spread into the one that the SDK's own
 * `registerTool` takes: `server.registerTool(name, { description, ...mesh({ capability }) }, …)`.
 * It travels in the tool's `_meta`, MCP's place for such things, and changes nothing else.
 */
export function mesh(tool: MeshTool): { _meta: { [META_KEY]: ToolMetadata } } {
  const { dependencies = [], ...own } = tool;
  const specs = dependencies.map((item) => ("spec" in item ? item.spec : item));
  return { _meta: { [META_KEY]: { ...own, dependencies: specs } } };
}
