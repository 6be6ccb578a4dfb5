import { constants } from "node:fs";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { reason } from "./log.ts";
import type { ResolvedByTool } from "./registry-client.ts";
import { log } from "./runtime-log.ts";

const { O_CREAT, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

const FORMAT = 1;
const MAX_BYTES = 1 << 20;

/**
 * The last wiring that the registry gave, in a file that outlives the process: a container that
 * restarts while the registry is away starts with it. A pod's /tmp is such a place.
 */
export class WiringFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #agentId: string;
  #written: string | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(stateFolder: string, agentId: string) {
    // Others may write to a shared /tmp, but not into this.
    this.#folder = join(stateFolder, `mcp-mesh-${process.getuid?.() ?? "user"}`);
    this.#path = join(this.#folder, `${agentId}.wiring.json`);
    this.#agentId = agentId;
  }

  /** What was kept, if it can be trusted and understood. */
  async read(): Promise<ResolvedByTool | undefined> {
    try {
      if (!(await this.#isOurs())) return undefined;
      const file = await open(this.#path, O_RDONLY | O_NOFOLLOW);
      try {
        if ((await file.stat()).size > MAX_BYTES) throw new Error("it is too large");
        return understood(JSON.parse(await file.readFile("utf8")), this.#agentId);
      } finally {
        await file.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
        log.warn("the kept wiring is of no use", { file: this.#path, error: reason(error) });
      }
      return undefined;
    }
  }

  /** Keeps a wiring, in full or not at all. Resolves when it is done, or cannot be. */
  keep(resolved: ResolvedByTool): Promise<void> {
    const text = JSON.stringify({ format: FORMAT, agent_id: this.#agentId, resolved });
    if (text === this.#written) return this.#writing;
    this.#written = text;
    this.#writing = this.#writing
      .then(() => this.#write(text))
      .catch((error) => {
        log.warn("the wiring is not kept for a restart", { error: reason(error) });
      });
    return this.#writing;
  }

  async #write(text: string): Promise<void> {
    if (text.length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    await mkdir(this.#folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    if (!(await this.#isOurs())) throw new Error(`${this.#folder} is open to others`);
    // Always the same, so that a process that is killed while it writes leaves no more than one.
    const draft = `${this.#path}.draft`;
    try {
      const file = await open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
      await file.writeFile(text).finally(() => file.close());
      await rename(draft, this.#path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Wiring says where calls go: what others could have written leads anywhere. */
  async #isOurs(): Promise<boolean> {
    const { uid, mode } = await lstat(this.#folder);
    return uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
  }
}

function understood(kept: unknown, agentId: string): ResolvedByTool {
  const { format, agent_id, resolved } = (kept ?? {}) as Record<string, unknown>;
  if (format !== FORMAT || agent_id !== agentId) throw new Error("it is not this agent's");
  const tools = Object.values((resolved ?? {}) as object);
  const offers = tools.flatMap((tool) => (Array.isArray(tool) ? tool : [undefined]));
  if (!offers.every(isOffer)) throw new Error("it is no wiring");
  return resolved as ResolvedByTool;
}

function isOffer(offer: unknown): boolean {
  const { agent_id, function_name, endpoint, capability, status } = (offer ?? {}) as Record<
    string,
    unknown
  >;
  const texts = [agent_id, function_name, endpoint, capability, status];
  return texts.every((text) => typeof text === "string");
}
