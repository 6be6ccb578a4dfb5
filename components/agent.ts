import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "#components/internal/deploy-chart";
import type { Network, Placement, Resources } from "#components/internal/types";
import type { AgentValues } from "#config/chart-values";

export interface AgentArgs {
  namespace: string;
  image: string;
  version: string;
  /** Whether the server is as its author made it, or joined to the mesh by the runtime. */
  mode: "vanilla" | "mesh";
  /** Whether any replica can answer any request, or clients have sessions with one. */
  profile: "stateless" | "sessionful";
  replicas: number;
  /** Seconds between a pod's leaving the Service and its being told to end. */
  drainSeconds: number;
  env: Record<string, string>;
  /** Where a mesh agent registers. */
  registryUrl: string;
  /** A mesh agent's own settings; a change restarts its pods. */
  config: AgentValues["config"];
  placement: Placement;
  resources: Resources;
  network: Network;
}

/** One MCP server, reachable through a Service of the component's name. */
export class Agent extends pulumi.ComponentResource {
  constructor(name: string, args: AgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Agent", name, args, opts);
    const { namespace, ...values } = args;
    deployChart("agent", name, namespace, values satisfies AgentValues, { parent: this });
    this.registerOutputs();
  }
}
