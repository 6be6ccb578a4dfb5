import * as pulumi from "@pulumi/pulumi";
import { makeCertificate } from "#components/internal/authority";
import type {
  Backup,
  Cnpg,
  Connection,
  DatabaseExporter,
  Logins,
  Restore,
  Storage,
  Verification,
} from "#components/internal/database-types";
import { deployChart } from "#components/internal/deploy-chart";
import {
  FIRST,
  type Generations,
  loginOfTurn,
  TURNS,
  turn,
} from "#components/internal/generations";
import { makePassword } from "#components/internal/password";
import { keepData } from "#components/internal/protect";
import { makeTurns } from "#components/internal/turns";
import type { WorkloadArgs } from "#components/internal/types";
import type { DatabaseMode, DatabasePrimary } from "#components/internal/words";

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
  /** With mode statefulset: how many pods follow the one that takes writes; none if absent. */
  replicas?: number;
  /** Who takes writes; the main pod if absent. `operate promote` changes it. */
  primary?: DatabasePrimary;
  /** With mode statefulset: without it, there are no backups. */
  backup?: Backup;
  /** With backup: restores the newest one from time to time and looks into it. */
  verification?: Verification;
  /** With mode statefulset: where a new database's data comes from. */
  restore?: Restore;
  /** With mode cnpg: how many instances, and who looks after them. */
  cnpg?: Cnpg;
  /** With mode statefulset: tells how it is, where `global.monitoring` is not none. */
  exporter?: DatabaseExporter;
  /** With mode statefulset: gives the logins the passwords of their Secrets. */
  logins?: Logins;
  /** With mode statefulset: what the registry logs in with; the first if absent. */
  login?: Generations;
  /** With mode statefulset: whose certificate the server has; the first's if absent. */
  authority?: Generations;
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
    const { protect: _protect, external: _external, namespace, ...more } = args;
    const { login = FIRST, authority = FIRST, ...values } = more;
    const application = "registry";
    // CloudNativePG makes its certificates itself, keeps one login, and takes that from the Secret, too.
    const own = args.mode !== "cnpg";
    const place = { namespace, component: "postgres", global: args.global };
    const passwordOf = (login: string, username: string) =>
      makePassword(this, `${name}-${login}`, { ...place, ...(own ? {} : { username }) });
    const superuser = passwordOf("superuser", "postgres");
    const owner = passwordOf(application, application);
    const [main, standby] = [name, `${name}-standby`];
    const hosts = [main, `${name}-rw`, `${name}-ro`, standby, `*.${main}`, `*.${standby}`];
    const certificate = own ? [makeCertificate(this, name, authority, { ...place, hosts })] : [];
    // Each generation of the registry's login is one of two that take turns.
    const turns = own ? makeTurns(this, `${name}-${application}`, login, place) : [];
    const loginOf = (which: "a" | "b") => loginOfTurn(name, application, which);
    const replicated = (args.replicas ?? 0) > 0;
    const replication = replicated ? [passwordOf("replication", "mcp_mesh_standby")] : [];
    deployChart(
      "postgres",
      name,
      namespace,
      {
        ...values,
        superuser: { existingSecret: `${name}-superuser` },
        tls: { existingSecret: `${name}-tls` },
        ...(replicated ? { replication: { existingSecret: `${name}-replication` } } : {}),
        application: {
          name: application,
          existingSecret: `${name}-${application}`,
          ...(own ? { logins: TURNS.map(loginOf) } : {}),
        },
      },
      { parent: this, dependsOn: [superuser, owner, ...certificate, ...turns, ...replication] },
    );
    const inUse = loginOf(turn(login.current));
    return {
      // The Service for whichever instance takes writes.
      host: !own || replicated ? `${name}-rw` : name,
      port: 5432,
      name: application,
      caSecret: `${name}-${own ? "tls" : "ca"}`,
      ...(own
        ? { user: inUse.name, existingSecret: inUse.existingSecret }
        : { existingSecret: `${name}-${application}` }),
    };
  }
}

function given({ external }: DatabaseArgs): Connection {
  if (external) return external;
  throw new pulumi.RunError("mode is external, so external must say how the database is reached.");
}
