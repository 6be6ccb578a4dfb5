import { reason } from "@mcp-mesh/registry/src/log.ts";
import { type Mesh, meshOf } from "./mesh.ts";

const TIMEOUT_MS = 5_000;
/** Far more than thousands of agents need. */
const MAX_BYTES = 16 << 20;

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`its answer is larger than ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function explain(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `it did not answer within ${TIMEOUT_MS / 1000} s`;
  }
  // `fetch failed` says nothing; the cause names the address and what happened.
  return reason(error instanceof Error && error.cause ? error.cause : error);
}

/**
 * Asks the registry for all agents. Rejects, with a message that completes "the registry can't be
 * read: …", when it does not answer in time, answers too much, or answers something else.
 */
export async function readMesh(registryUrl: string, stopped: AbortSignal): Promise<Mesh> {
  try {
    const response = await fetch(`${registryUrl}/agents`, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), stopped]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`it answered with status ${response.status}`);
    }
    return meshOf(JSON.parse(await readText(response)));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error("its answer is not JSON");
    throw new Error(explain(error));
  }
}
