import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

/** What a test can make the agent of test/fixtures/steered-agent.ts do. */
export interface Steering {
  health?: string;
  tools?: string[];
  open?: boolean;
  host?: string;
}

/** An agent that does what the test says, while it runs. */
export class Steered {
  readonly #folder = mkdtempSync(join(tmpdir(), "mcp-mesh-steered-"));
  #agent: Agent | undefined;

  constructor(steering: Steering = {}) {
    this.steer(steering);
  }

  get agent(): Agent {
    if (!this.#agent) throw new Error("the agent was not started");
    return this.#agent;
  }

  get url(): string {
    return `http://127.0.0.1:${this.agent.port}/mcp`;
  }

  /** Replaces what it does, in one step. */
  steer(steering: Steering): void {
    const draft = join(this.#folder, "draft.json");
    writeFileSync(draft, JSON.stringify(steering));
    renameSync(draft, join(this.#folder, "steering.json"));
  }

  async start(registry: string, env: NodeJS.ProcessEnv = {}, under?: string[]): Promise<void> {
    this.#agent = await Agent.start({
      runtime: true,
      under,
      script: "test/fixtures/steered-agent.ts",
      env: {
        MCP_MESH_REGISTRY_URL: registry,
        MCP_MESH_HEALTH_CHECK_TTL: "0.1",
        STEERING: join(this.#folder, "steering.json"),
        ...env,
      },
    });
  }

  /** Waits, and tells what the agent logged if that was in vain. */
  until(what: string, question: () => boolean | Promise<boolean>): Promise<boolean> {
    return eventually(what, 20, async () => question()).catch((error) => {
      throw new Error(`${error.message}\n${this.agent.log}`);
    });
  }

  async isReady(): Promise<boolean> {
    return (await this.agent.probe("/ready")) === 200;
  }

  /** Sends a message as a client of 2025-11-25. */
  post(message: object, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", ...message }),
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
    });
  }

  /** Calls the tool `wait`, which ends when it is steered open. */
  wait(headers: Record<string, string> = {}): Promise<Response> {
    return this.post({ id: 1, method: "tools/call", params: { name: "wait" } }, headers);
  }

  /** Opens a session, and its stream of notifications. */
  async listen(): Promise<{ stream: Response; session: Record<string, string> }> {
    const clientInfo = { name: "test", version: "1.0.0" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    const opened = await this.post({ id: 0, method: "initialize", params });
    await opened.text();
    const session = { "mcp-session-id": opened.headers.get("mcp-session-id") ?? "" };
    const headers = { accept: "text/event-stream", ...session };
    return { stream: await fetch(this.url, { headers }), session };
  }

  async remove(): Promise<void> {
    await this.#agent?.stop("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
