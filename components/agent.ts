import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "#components/internal/deploy-chart";
import type { Image, Resources, ScaledArgs, SignalScaling } from "#components/internal/types";
import type { Mode, Profile } from "#components/internal/words";

/** The call that proves an agent. */
export interface Check {
  /** One of the agent's. */
  tool: string;
  /** What to call it with. */
  arguments?: Record<string, any>; // whatever the tool takes
  /** A text that the answer must contain. */
  expect: string;
}

/** How long sessions last that nobody ends, and how many there may be. */
export interface Sessions {
  /** A session that is unused for so long is ended at the server; 30 if absent. */
  idleMinutes?: number;
  /** How long an old pod serves its sessions on after an update; 10 if absent. */
  drainMinutes?: number;
  /** For one more, the idlest is ended; 1000 if absent. */
  limit?: number;
}

/** Brings each request to the pod that has its session. */
export interface Relay {
  /** The session relay's. */
  image?: Image;
  /** Of the relay alone. */
  resources?: Resources;
}

export interface AgentArgs extends ScaledArgs {
  /** The server's own version. */
  version?: string;
  /** Whether the server is as its author made it, or joined to the mesh by the runtime. */
  mode?: Mode;
  /** Whether any replica can answer any request, or clients have sessions with one. */
  profile?: Profile;
  /** The environment variable that tells the server its port; PORT if absent. */
  portVariable?: string;
  /** The environment variable that tells the server the hosts it answers to; without it, none. */
  hostsVariable?: string;
  /** Of a sessionful agent's clients. */
  sessions?: Sessions;
  /** What stands before a sessionful agent's server. */
  relay?: Relay;
  /** With it, `replicas` counts for nothing. Only what the runtime has joined measures a signal. */
  autoscaling?: SignalScaling;
  /** The least seconds between a pod's leaving the Service and its being told to end. */
  drainSeconds?: number;
  /** Where a mesh agent registers. */
  registryUrl?: pulumi.Input<string>;
  /** A mesh agent's own settings; a change restarts its pods. */
  config?: Record<string, any>; // the agent's own business
  /** What `helm test` calls, and what it calls it with. */
  check?: Check;
  /** The release check's, which `helm test` runs. */
  checkImage?: Image;
}

/** One MCP server, reachable through a Service of the component's name. */
export class Agent extends pulumi.ComponentResource {
  /** Where MCP clients inside the cluster find it. */
  public readonly url: pulumi.Output<string>;

  constructor(name: string, args: AgentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Agent", name, args, opts);
    const { namespace, ...values } = args;
    deployChart("agent", name, namespace, values, { parent: this });
    this.url = pulumi.output(`http://${name}.${namespace}.svc:8080/mcp`);
    this.registerOutputs({ url: this.url });
  }
}
