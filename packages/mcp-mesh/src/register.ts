// Joins an agent to the mesh without touching it: `node --import mcp-mesh/register agent.mjs`.
// Where no registry is named, the agent runs as if this module were not there.
import { startRuntime } from "./start.ts";

await startRuntime();
