import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "#components/internal/deploy-chart";
import type {
  ApiServer,
  Global,
  Image,
  Network,
  Pod,
  Resources,
  ServiceAccount,
} from "#components/internal/types";

export interface Target {
  /** The agent's. */
  name: string;
  /** Where MCP clients find it. */
  url: string;
  /** The tool to call. */
  tool: string;
  /** What to call it with. */
  arguments: Record<string, any>; // whatever the tool takes
  /** A text that its answer must contain. */
  expect: string;
}

/** What becomes of an agent that fails. */
export interface Rollback {
  /** Whether it gets back what was proven last; true if absent. */
  enabled?: boolean;
  /** Which the network policy lets the check ask. */
  apiServer?: ApiServer;
}

export interface ReleaseCheckArgs {
  /** The namespace, which must be there. */
  namespace: string;
  /** The same for all parts of a stack. */
  global?: Global;
  /** The chart's own if absent. */
  image?: Image;
  /** How long all targets together may take to answer as they should. */
  timeoutSeconds?: number;
  /** What to call. */
  targets: Target[];
  /** What becomes of an agent that fails. */
  rollback?: Rollback;
  /** Another value whenever there is something new to prove: the check then runs again. */
  proves?: string;
  /** What its pod has beyond the chart's own. */
  pod?: Pod;
  /** The pod's account. */
  serviceAccount?: ServiceAccount;
  /** What its pod gets. */
  resources?: Resources;
  /** The workloads that the targets' addresses lead to. */
  network: Network;
}

/**
 * Calls every agent as its users do, once after each change; the deployment fails if one doesn't answer,
 * and that one gets back what was proven last.
 */
export class ReleaseCheck extends pulumi.ComponentResource {
  constructor(name: string, args: ReleaseCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:ReleaseCheck", name, args, opts);
    const { namespace, ...values } = args;
    deployChart("release-check", name, namespace, values, { parent: this });
    this.registerOutputs();
  }
}
