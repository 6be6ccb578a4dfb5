import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "#components/database";
import { deployChart } from "#components/internal/deploy-chart";
import type { Network, Placement, Resources } from "#components/internal/types";
import type { RegistryValues } from "#config/chart-values";

export interface RegistryArgs {
  namespace: string;
  image: string;
  replicas: number;
  logLevel: "debug" | "info" | "warn" | "error";
  database: Connection;
  /** Registrations of unmodified servers, which never speak to the registry themselves. */
  declaredAgents: RegistryValues["declaredAgents"];
  placement: Placement;
  resources: Resources;
  network: Network;
}

/** The registry: agents report to it, and learn from it whom they depend on. */
export class Registry extends pulumi.ComponentResource {
  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Registry", name, args, opts);
    const { namespace, ...values } = args;
    deployChart("registry", name, namespace, values satisfies RegistryValues, { parent: this });
    this.registerOutputs();
  }
}
