import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";
import { projectRoot } from "#local/setup/environment";

/** Listens on a port of the system's choice, or on a given one. */
async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Ports that nothing listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(servers.map((server) => listen(server)));
  for (const server of servers) server.close();
  return ports;
}

export interface Exchange {
  method: string;
  path: string;
  body: Record<string, unknown> | undefined;
  at: number;
}

/** A registry that answers as it is told to, and remembers what it was asked. */
export class FakeRegistry {
  readonly exchanges: Exchange[] = [];
  /** The status of each verb's next answers; the last one stays. */
  readonly statuses: Record<string, number[]> = { POST: [200], HEAD: [200], DELETE: [204] };
  wiring: Record<string, object[]> = {};
  port = 0;
  #server: Server | undefined;
  #hangs = false;

  async start(port = this.port): Promise<this> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.port = await listen(this.#server, port);
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The exchanges with that verb so far. */
  asked(method: string): Exchange[] {
    return this.exchanges.filter((exchange) => exchange.method === method);
  }

  /** Answers nobody any more, but lets them connect. */
  hang(): void {
    this.#hangs = true;
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#hangs) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { method = "", url: path = "" } = request;
    const body = text ? JSON.parse(text) : undefined;
    this.exchanges.push({ method, path, body, at: Date.now() });
    const statuses = this.statuses[method] ?? [404];
    const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 404;
    if (method !== "POST") return void response.writeHead(status).end();
    response.writeHead(status, { "content-type": "application/json" }).end(
      JSON.stringify({
        status: "success",
        timestamp: new Date().toISOString(),
        message: "Agent registered via heartbeat",
        agent_id: body.agent_id,
        dependencies_resolved: this.wiring,
        llm_tools: {},
      }),
    );
  }
}

/** A provider of `echo` that keeps sessions, as the unmodified servers of today do. */
export class EchoServer {
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  port = 0;
  /** Calls wait for this before they answer. */
  gate: Promise<void> = Promise.resolve();
  calls = 0;
  /** The `_meta` of each call. */
  readonly meta: { traceparent?: string }[] = [];

  async start(): Promise<this> {
    this.port = await listen(this.#server);
    return this;
  }

  /** The wiring that leads to it. */
  get wiring(): Record<string, object[]> {
    const endpoint = `http://127.0.0.1:${this.port}`;
    const offer = { agent_id: "echo-1", capability: "echo", function_name: "echo" };
    return { greet: [{ ...offer, endpoint, status: "available" }] };
  }

  /** Loses all sessions, as a restart does. */
  forget(): void {
    this.#sessions.clear();
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers["mcp-session-id"];
    const known = typeof id === "string" ? this.#sessions.get(id) : undefined;
    if (known) return known.handleRequest(request, response);
    if (id) return void response.writeHead(400).end("Bad Request: No valid session ID provided");
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (session) => void this.#sessions.set(session, transport),
    });
    const server = new McpServer({ name: "echo", version: "1.0.0" });
    const inputSchema = { message: z.string() };
    server.registerTool("echo", { inputSchema }, async ({ message }, { _meta = {} }) => {
      this.calls++;
      this.meta.push(_meta as { traceparent?: string });
      await this.gate;
      return { content: [{ type: "text", text: `Echo: ${message}` }] };
    });
    await server.connect(transport);
    await transport.handleRequest(request, response);
  }
}

const GREETER = "examples/greeter/src/agent.ts";

/** An agent, the greeter by default, in a process of its own, with the runtime attached from outside or without it. */
export class Agent {
  readonly child: ChildProcess;
  readonly port: number;
  readonly managementPort: number;
  log = "";

  private constructor(child: ChildProcess, port: number, managementPort: number) {
    this.child = child;
    this.port = port;
    this.managementPort = managementPort;
    const keep = (text: string) => {
      this.log += text;
    };
    child.stdout?.setEncoding("utf8").on("data", keep);
    child.stderr?.setEncoding("utf8").on("data", keep);
  }

  /**
   * Starts it. Without `runtime` nothing is attached; a text is another module than the workspace's
   * own. Heartbeats come every 200 ms.
   */
  static async start(options: {
    runtime: boolean | string;
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    script?: string;
    /** A command that runs it, with its arguments. */
    under?: string[];
  }): Promise<Agent> {
    const [port, managementPort] = (await freePorts(2)) as [number, number];
    const own = join(projectRoot, "packages/mcp-mesh/src/register.ts");
    const { runtime, cwd } = options;
    const args = [
      "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
      ...(runtime ? ["--import", runtime === true ? own : runtime] : []),
      resolve(projectRoot, options.script ?? GREETER),
    ];
    const state = mkdtempSync(join(tmpdir(), "mcp-mesh-agent-"));
    const env = {
      PATH: process.env.PATH,
      PORT: String(port),
      MCP_MESH_AGENT_NAME: "greeter",
      MCP_MESH_POD: "greeter-7d9c5b6f4-x2x4z",
      MCP_MESH_NAMESPACE: "mcp-mesh",
      MCP_MESH_HTTP_HOST: "greeter.mcp-mesh.svc",
      MCP_MESH_HTTP_PORT: String(port),
      MCP_MESH_MANAGEMENT_PORT: String(managementPort),
      MCP_MESH_HEALTH_INTERVAL: "0.2",
      MCP_MESH_STATE_DIR: state,
      ...options.env,
    };
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const [command = "", ...rest] = [...(options.under ?? []), process.execPath, ...args];
    const child = spawn(command, rest, { cwd, env, stdio: [...stdio] });
    child.once("exit", () => rmSync(state, { recursive: true, force: true }));
    return new Agent(child, port, managementPort);
  }

  /** The status of a management path, or undefined while nobody answers. */
  async probe(path: string): Promise<number | undefined> {
    const url = `http://127.0.0.1:${this.managementPort}${path}`;
    return fetch(url).then(
      (response) => response.status,
      () => undefined,
    );
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.managementPort}/metrics`)).text();
  }

  /** What `greet` answers a plain MCP client. */
  async greet(name: string): Promise<string> {
    const client = new Client({ name: "test", version: "1.0.0" });
    const url = new URL(`http://127.0.0.1:${this.port}/mcp`);
    await client.connect(new StreamableHTTPClientTransport(url));
    try {
      const result = await client.callTool({ name: "greet", arguments: { name } });
      const [part] = result.content as { text: string }[];
      return part?.text ?? "";
    } finally {
      await client.close();
    }
  }

  /** Ends it with a signal and returns its exit code. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, "exit");
      this.child.kill(signal);
      await exit;
    }
    return this.child.exitCode;
  }
}
