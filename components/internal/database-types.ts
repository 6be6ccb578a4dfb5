import type { Address, ForeignPods, Image, Resources } from "#components/internal/types";
import type { AccessMode, Retention } from "#components/internal/words";

/** What becomes of the claims. */
export interface ClaimRetention {
  /** When the database is deleted; Retain if absent. */
  whenDeleted?: Retention;
  /** When its pod is scaled away; Retain if absent. */
  whenScaled?: Retention;
}

/** The volume with the data, which outlives the pod. */
export interface Storage {
  /** A Kubernetes quantity; it can grow, where the class can, but never shrink. */
  size?: string;
  /** The StorageClass; that of the stack if empty. */
  class?: string;
  /** ReadWriteOnce if absent. */
  accessModes?: AccessMode[];
  /** A claim that is there already; the size and the class then count for nothing. */
  existingClaim?: string;
  /** Both are kept if absent. */
  retention?: ClaimRetention;
}

/** A bucket of an object store that speaks S3. */
export interface ObjectStore {
  /** Its host; always by TLS. */
  endpoint: string;
  /** 443 if absent. */
  port?: number;
  /** As its requests are signed for. */
  region: string;
  /** One that is there already. */
  bucket: string;
  /** Where in the bucket; /postgres if absent. */
  path?: string;
  /** Whether the bucket is named in the host, as if absent, or in the path. */
  uriStyle?: string;
  /** A Secret with the keys "key" and "secret". */
  credentialsSecret: string;
  /** A Secret whose "ca.crt" its certificate is checked with; the image's authorities if absent. */
  caSecret?: string;
}

/** A second repository of backups: on a claim, or in an object store. */
export interface SecondBackup {
  /** A claim that is there already. */
  claim?: string;
  /** The pod must be let to it by `network.outside`. */
  s3?: ObjectStore;
  /** How many full backups are kept. */
  retentionFull?: number;
  /** A Secret whose key "password" encrypts it. */
  encryptionSecret?: string;
}

/** Continuous backups by pgBackRest. */
export interface Backup {
  /** Of the volume with the backups: several times the data's. */
  size: string;
  /** The StorageClass; that of the stack if empty. */
  class?: string;
  /** ReadWriteOnce if absent. */
  accessModes?: AccessMode[];
  /** A claim that is there already. */
  existingClaim?: string;
  /** How often what has changed is backed up. */
  everyMinutes?: number;
  /** How often all is backed up. */
  fullEveryDays?: number;
  /** How long one may take. */
  longestMinutes?: number;
  /** How many full backups are kept. */
  retentionFull?: number;
  /** A Secret whose key "password" encrypts the backups. */
  encryptionSecret?: string;
  /** Where all of it is a second time. */
  second?: SecondBackup;
  /** Of the container that makes them. */
  resources?: Resources;
}

/** How it is proven that backups can be restored. */
export interface Verification {
  /** True if absent. */
  enabled?: boolean;
  /** When, in UTC, as cron says it; each night if absent. */
  schedule?: string;
  /** How long it may take; 180 if absent. */
  withinMinutes?: number;
  /** Of the volume that it restores to, for as long as it runs; as large as the data's if absent. */
  size?: string;
  /** Of the pod that does it. */
  resources?: Resources;
}

/** Where a new database's data comes from. */
export interface Restore {
  /** The claim of another database's backups; it is only read. */
  claim: string;
  /** The time to go back to, such as 2026-11-22T18:30:00Z; the last there is if absent. */
  target?: string;
  /** Instead of a time: a restore point, such as the registry's migrations leave. */
  point?: string;
  /** The Secret that those backups are encrypted with. */
  encryptionSecret?: string;
}

/** Continuous backups by CloudNativePG's Barman Cloud plugin. */
export interface CnpgBackup {
  /** The plugin's ObjectStore, which must be there. */
  objectStore: string;
  /** When all is backed up: as cron says it, with seconds before. */
  schedule?: string;
}

/** What CloudNativePG makes. */
export interface Cnpg {
  /** One primary and its standbys; three if absent. */
  instances?: number;
  /** The operator's pods, which must be there. */
  operator?: ForeignPods;
  /** The API server's addresses. */
  apiServer?: Address[];
  /** Without it, there are no backups. */
  backup?: CnpgBackup;
}

/** How the owner of the database reaches it. */
export interface Connection {
  /** The Service's name, or an address. */
  host: string;
  /** Where it listens. */
  port: number;
  /** The database, and whom all in it belongs to. */
  name: string;
  /** Who logs in; the owner if absent, called as the database is. */
  user?: string;
  /** The Secret with the login's password. */
  existingSecret: string;
  /** A Secret whose key "ca.crt" holds who may vouch for the server; those of the system if absent. */
  caSecret?: string;
}

export interface DatabaseExporter {
  /** The chart's own if absent. */
  image?: Image;
  /** What it gets beside the server. */
  resources?: Resources;
}

export interface Logins {
  /** What the container gets that keeps the passwords. */
  resources?: Resources;
}
