import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { deployChart } from "#components/internal/deploy-chart";
import { houseMetadata } from "#components/internal/house";
import type { Global, WorkloadArgs } from "#components/internal/types";

export interface Storage {
  /** A Kubernetes quantity; it can grow, where the class can, but never shrink. */
  size?: string;
  /** The StorageClass; that of the stack if empty. */
  class?: string;
}

export interface DatabaseArgs extends WorkloadArgs {
  /** The volume, which outlives the pod. */
  storage?: Storage;
}

/** How the owner of the database reaches it. */
export interface Connection {
  /** The Service's name, or an address. */
  host: string;
  /** Where it listens. */
  port: number;
  /** Both the database and the login. */
  name: string;
  /** The Secret with the login's password. */
  existingSecret: string;
}

/** PostgreSQL on a persistent volume, with one login for its keeper and one for the registry. */
export class Database extends pulumi.ComponentResource {
  /** What its owner has to know. */
  public readonly connection: Connection;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Database", name, args, opts);
    const { namespace, global, ...values } = args;
    const application = "registry";
    const secrets = ["superuser", application].map((login) =>
      this.makePassword(`${name}-${login}`, namespace, global),
    );
    deployChart(
      "postgres",
      name,
      namespace,
      {
        ...values,
        global,
        superuser: { existingSecret: `${name}-superuser` },
        application: { name: application, existingSecret: `${name}-${application}` },
      },
      { parent: this, dependsOn: secrets },
    );
    this.connection = {
      host: name,
      port: 5432,
      name: application,
      existingSecret: `${name}-${application}`,
    };
    this.registerOutputs({ connection: this.connection });
  }

  /** Named, because the charts look for it under this name. */
  private makePassword(name: string, namespace: string, global?: Global): k8s.core.v1.Secret {
    const password = new random.RandomPassword(
      name,
      { length: 32, special: false },
      { parent: this },
    );
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: { name, namespace, ...houseMetadata(global) },
        stringData: { password: password.result },
      },
      { parent: this },
    );
  }
}
