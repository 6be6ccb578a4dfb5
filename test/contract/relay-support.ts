import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { installedPackages } from "#local/images/packages";
import { type Serving, serve } from "#services/session-relay/src/serve";
import type { Settings } from "#services/session-relay/src/settings";
import { freePorts } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

export const ACCEPT = {
  accept: "application/json, text/event-stream",
  "content-type": "application/json",
};

export const initialize = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "test", version: "1.0.0" },
  },
});

/** The reference server of the MCP project, as it is on npm, in a process of its own. */
export class Everything {
  readonly #script: string;
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(script: string, port: number) {
    this.#script = script;
    this.port = port;
  }

  static async start(): Promise<Everything> {
    const modules = await installedPackages("server-everything");
    const script = join(modules, "@modelcontextprotocol/server-everything/dist/index.js");
    const [port = 0] = await freePorts(1);
    const server = new Everything(script, port);
    await server.restart();
    return server;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Ends the process, and with it all sessions, and starts another on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    const env = { ...process.env, PORT: String(this.port) };
    this.#child = spawn(process.execPath, [this.#script, "streamableHttp"], {
      env,
      stdio: "ignore",
    });
    await eventually("the server's port", 30, () =>
      fetch(`http://127.0.0.1:${this.port}/mcp`).then(
        () => true,
        () => false,
      ),
    );
  }

  async stop(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** Whether it still knows a session, by its own id. */
  async knows(id: string): Promise<boolean> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
    const headers = { ...ACCEPT, "mcp-session-id": id };
    const answer = await fetch(`http://127.0.0.1:${this.port}/mcp`, {
      method: "POST",
      headers,
      body,
    });
    await answer.text();
    return answer.ok;
  }
}

/** A relay in this process, at an address of this machine's own. */
export async function startRelay(
  address: string,
  serverPort: number,
  options: Partial<Settings> & { addresses?: () => string[] } = {},
): Promise<Serving & { url: string; management: string; lines: string[] }> {
  const { addresses = () => [address], ...own } = options;
  const lines: string[] = [];
  const settings: Settings = {
    address,
    host: address,
    port: 0,
    serverPort,
    managementPort: 0,
    path: "/mcp",
    siblings: "unused",
    idleMs: 60_000,
    sessionLimit: 100,
    drainMs: 30_000,
    leaveMs: 0,
    logLevel: "info",
    ...own,
  };
  const serving = await serve(
    settings,
    async () => addresses(),
    (line) => lines.push(line),
  );
  return {
    ...serving,
    url: `http://${address}:${serving.port}/mcp`,
    management: `http://${address}:${serving.managementPort}`,
    lines,
  };
}

/** An ordinary client of the official SDK. */
export async function connect(url: string) {
  const client = new Client({ name: "test", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(url));
  await client.connect(transport);
  const echo = async (message: string): Promise<string> => {
    const { content } = await client.callTool({ name: "echo", arguments: { message } });
    const [part] = content as { text?: string }[];
    return part?.text ?? "";
  };
  return { client, transport, echo };
}

/** Opens a session and leaves it, as a client does that just goes away. */
export async function open(url: string): Promise<string> {
  const answer = await fetch(url, { method: "POST", headers: ACCEPT, body: initialize });
  await answer.text();
  return answer.headers.get("mcp-session-id") ?? "";
}

/** The server's own id in one that a relay gave out. */
export const serversId = (marked: string) => marked.slice(0, marked.lastIndexOf("."));

/** One metric without labels, or with those that `line` names, from /metrics. */
export async function metric(management: string, line: string): Promise<number> {
  const text = await (await fetch(`${management}/metrics`)).text();
  const found = text.split("\n").find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}
