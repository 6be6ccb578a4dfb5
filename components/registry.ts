import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "#components/database";
import { deployChart } from "#components/internal/deploy-chart";
import type { ScaledArgs, SignalScaling } from "#components/internal/types";
import type { LogLevel } from "#components/internal/words";

export interface RegistryArgs extends ScaledArgs {
  /** With it, `replicas` counts for nothing. */
  autoscaling?: SignalScaling;
  /** From which level on it logs. */
  logLevel?: LogLevel;
  /** Where it keeps what it knows. */
  database: pulumi.Input<Connection>;
  /** Registrations of unmodified servers, which never speak to the registry themselves. */
  declaredAgents?: Record<string, any>[]; // as upstream's protocol has them
}

/** The registry: agents report to it, and learn from it whom they depend on. */
export class Registry extends pulumi.ComponentResource {
  /** Where mesh agents inside the cluster register. */
  public readonly url: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Registry", name, args, opts);
    const { namespace, ...values } = args;
    deployChart("registry", name, namespace, values, { parent: this });
    this.url = pulumi.output(`http://${name}.${namespace}.svc:8000`);
    this.registerOutputs({ url: this.url });
  }
}
