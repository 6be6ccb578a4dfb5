import { Dependencies } from "#packages/mcp-mesh/src/calls/dependencies";
import type { OwnTool } from "#packages/mcp-mesh/src/own-tools";
import type { Resolved } from "#packages/mcp-mesh/src/registry-client";
import { Agent, freePorts } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

export interface Facts {
  calls: number;
  cancelled: number;
  timeouts: string[];
  hosts: string[];
}

/** Pods of one agent: processes at addresses of their own, and at the same port as pods are. */
export class Pods {
  readonly port: number;
  readonly #pods = new Map<string, Agent>();

  private constructor(port: number) {
    this.port = port;
  }

  static async start(...addresses: string[]): Promise<Pods> {
    const [port] = (await freePorts(1)) as [number];
    const pods = new Pods(port);
    await Promise.all(addresses.map((address) => pods.add(address)));
    return pods;
  }

  /** Starts one, attached to the runtime if `env` says where the registry is. */
  async add(address: string, env: NodeJS.ProcessEnv = {}): Promise<Agent> {
    const own = { HOST: address, PORT: String(this.port), MCP_MESH_HTTP_PORT: String(this.port) };
    const agent = await Agent.start({
      runtime: env.MCP_MESH_REGISTRY_URL !== undefined,
      script: "test/fixtures/pod-agent.ts",
      env: { ...own, ...env },
    });
    this.#pods.set(address, agent);
    await eventually(`the pod at ${address}`, 60, async () => {
      const answer = await this.facts(address).catch(() => undefined);
      return answer !== undefined;
    });
    return agent;
  }

  async facts(address: string): Promise<Facts> {
    const response = await fetch(`http://${address}:${this.port}/facts`);
    return (await response.json()) as Facts;
  }

  /** How many calls of tools each has had. */
  async calls(...addresses: string[]): Promise<number[]> {
    return Promise.all(addresses.map(async (address) => (await this.facts(address)).calls));
  }

  async stop(address: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#pods.get(address)?.stop(signal);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#pods.keys()].map((address) => this.stop(address)));
  }
}

export interface Offer extends Partial<Resolved> {
  /** The addresses of the pods that the registry tells. */
  pods?: string[];
  zones?: Record<string, string>;
}

/** A caller whose dependencies lead where the test says, as the registry would. */
export class Caller {
  readonly dependencies: Dependencies;

  constructor(options: { zone?: string; callTimeoutMs?: number } = {}) {
    this.dependencies = new Dependencies({ config: {}, callTimeoutMs: 20_000, ...options });
  }

  wire(...offers: Offer[]): void {
    const resolved = offers.map(({ pods, zones = {}, ...offer }) => ({
      agent_id: "pods-1",
      endpoint: "http://pods.mesh.invalid:8080",
      function_name: offer.capability ?? "echo",
      capability: "echo",
      status: "available",
      ...offer,
      ...(pods && {
        endpoints: pods.map((pod_ip) => {
          const zone = zones[pod_ip];
          return { agent_id: pod_ip, pod_ip, weight: 100, ...(zone && { zone }) };
        }),
      }),
    }));
    const tool: OwnTool = {
      function_name: "own",
      capability: "own",
      version: "1.0.0",
      tags: [],
      inputSchema: {},
      dependencies: resolved.map(({ capability }) => ({ capability })),
    };
    this.dependencies.rewire([tool], { own: resolved });
  }

  /** Calls a capability; the text of the answer. */
  async call(
    message: string,
    options: { capability?: string; timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<string> {
    const { capability = "echo", ...limits } = options;
    const result = await this.dependencies.call({ capability }, { message }, limits);
    const [part] = result.content;
    return part?.type === "text" ? part.text : "";
  }
}
