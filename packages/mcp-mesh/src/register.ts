// Joins an agent to the mesh without touching it: `node --import mcp-mesh/register agent.mjs`.
// Where no registry is named, the agent runs as if this module were not there.
import { readSettings } from "./settings.ts";

const settings = readSettings(process.env);
if (settings) {
  const { startRuntime } = await import("./runtime.ts");
  await startRuntime(settings);
}
