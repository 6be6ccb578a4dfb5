import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type {
  Backup,
  Cnpg,
  Connection,
  Restore,
  Storage,
} from "#components/internal/database-types";
import { deployChart } from "#components/internal/deploy-chart";
import { houseMetadata } from "#components/internal/house";
import { keepData } from "#components/internal/protect";
import type { WorkloadArgs } from "#components/internal/types";
import type { DatabaseMode } from "#components/internal/words";

export type { Connection, Storage } from "#components/internal/database-types";

export interface DatabaseArgs extends WorkloadArgs {
  /** One instance of its own if absent. */
  mode?: DatabaseMode;
  /** The volume, or those of all instances. */
  storage?: Storage;
  /** Connections at once; each may take 5Mi of the memory, of which they have half. */
  maxConnections?: number;
  /** More of PostgreSQL's settings; they go before those computed from the memory limit. */
  settings?: Record<string, string>;
  /** Whether the data, its passwords and backups outlive even a destroy; false if absent. */
  protect?: boolean;
  /** With mode statefulset: without it, there are no backups. */
  backup?: Backup;
  /** With mode statefulset: where a new database's data comes from. */
  restore?: Restore;
  /** With mode cnpg: how many instances, and who looks after them. */
  cnpg?: Cnpg;
  /** With mode external: how it is reached. */
  external?: Connection;
}

/** PostgreSQL, with one login for its keeper and one for the registry. */
export class Database extends pulumi.ComponentResource {
  /** What its owner has to know. */
  public readonly connection: Connection;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    const transforms = [...(opts?.transforms ?? []), ...(args.protect ? [keepData] : [])];
    super("mcp-mesh:index:Database", name, args, { ...opts, transforms });
    this.connection = args.mode === "external" ? given(args) : this.deploy(name, args);
    this.registerOutputs({ connection: this.connection });
  }

  private deploy(name: string, args: DatabaseArgs): Connection {
    const { protect: _protect, external: _external, namespace, ...values } = args;
    const application = "registry";
    const superuser = this.makePassword(`${name}-superuser`, "postgres", args);
    const owner = this.makePassword(`${name}-${application}`, application, args);
    deployChart(
      "postgres",
      name,
      namespace,
      {
        ...values,
        superuser: { existingSecret: `${name}-superuser` },
        application: { name: application, existingSecret: `${name}-${application}` },
      },
      { parent: this, dependsOn: [superuser, owner] },
    );
    return {
      // CloudNativePG's Service for whichever instance takes writes.
      host: args.mode === "cnpg" ? `${name}-rw` : name,
      port: 5432,
      name: application,
      existingSecret: `${name}-${application}`,
    };
  }

  /** Named, because the charts look for it under this name. */
  private makePassword(
    name: string,
    username: string,
    { namespace, global, mode }: DatabaseArgs,
  ): k8s.core.v1.Secret {
    const { result: password } = new random.RandomPassword(
      name,
      { length: 32, special: false },
      { parent: this },
    );
    const metadata = { name, namespace, ...houseMetadata(global) };
    return new k8s.core.v1.Secret(
      name,
      mode === "cnpg"
        ? { metadata, type: "kubernetes.io/basic-auth", stringData: { username, password } }
        : { metadata, stringData: { password } },
      { parent: this },
    );
  }
}

function given({ external }: DatabaseArgs): Connection {
  if (external) return external;
  throw new pulumi.RunError("mode is external, so external must say how the database is reached.");
}
