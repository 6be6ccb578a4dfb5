import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "#components/internal/deploy-chart";
import type { ScaledArgs } from "#components/internal/types";
import type { LogLevel } from "#components/internal/words";

export interface DashboardArgs extends ScaledArgs {
  /** From which level on it logs. */
  logLevel?: LogLevel;
  /** The registry that it shows. */
  registryUrl?: pulumi.Input<string>;
}

/** The dashboard: a page that shows who is there, and who is wired to whom. */
export class Dashboard extends pulumi.ComponentResource {
  /** Where the page is inside the cluster. */
  public readonly url: pulumi.Output<string>;

  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Dashboard", name, args, opts);
    const { namespace, ...values } = args;
    deployChart("dashboard", name, namespace, values, { parent: this });
    this.url = pulumi.output(`http://${name}.${namespace}.svc:8090`);
    this.registerOutputs({ url: this.url });
  }
}
