import { attachedRuntime } from "mcp-mesh-types";
import { readSettings } from "./settings.ts";
import type { Environment } from "./variables.ts";

/**
 * Joins this process to the mesh, as the environment says; where no registry is named, or once it
 * has joined, this does nothing and loads nothing. Await it before the agent's server listens.
 */
export async function startRuntime(env: Environment = process.env): Promise<void> {
  const settings = readSettings(env);
  if (!settings || attachedRuntime()) return;
  const { joinMesh } = await import("./runtime.ts");
  await joinMesh(settings, env);
}
