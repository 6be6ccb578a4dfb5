/** The key of the mesh's metadata in a tool's `_meta`, in MCP's form `prefix/name`. */
export const META_KEY = "mcp-mesh/tool";

/** A capability of another agent, and which offers of it are acceptable. */
export interface DependencySpec {
  capability: string;
  /** A range of semantic versions, such as `^1.2`. */
  version?: string;
  /** Tags an offer must have; `+tag` prefers one, `-tag` refuses one; of a nested list, any one. */
  tags?: (string | string[])[];
  /** Whether the tool is of no use without it. The mesh then offers the tool only when it is there. */
  required?: boolean;
}

/** What stands under `META_KEY` in `tools/list`. */
export interface ToolMetadata {
  capability: string;
  version?: string;
  tags?: string[];
  dependencies: DependencySpec[];
}
