import { ask } from "./ask.ts";
import { type Mesh, meshOf } from "./mesh.ts";

/** Far more than thousands of agents need. */
const LIMITS = { timeoutMs: 5_000, maxBytes: 16 << 20 };

/** Asks the registry for all agents. Rejects with a message that completes "the registry can't be read: …". */
export async function readMesh(registryUrl: string, stopped: AbortSignal): Promise<Mesh> {
  return meshOf(await ask(`${registryUrl}/agents`, { ...LIMITS, stopped }));
}
