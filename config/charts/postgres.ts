import { z } from "zod";
import {
  globalPart,
  networkPart,
  ownImage,
  resourcesOf,
  workloadPart,
} from "#config/charts/common";
import { envBeside, objectName, objectNameOrNone } from "#config/charts/kubernetes-words";
import { replicaProblems, replicasPart, replication } from "#config/charts/replicas";
import { databaseRestore, passphrase } from "#config/charts/restore";
import { secondBackup, unreachable } from "#config/charts/second-backup";
import { unverifiable, verification } from "#config/charts/verification";
import { quantity } from "#config/shapes";

/** Neither more replicas nor a way in from outside. */
const {
  replicas: _replicas,
  autoscaling: _autoscaling,
  route: _route,
  ingress: _ingress,
  ...statefulPart
} = workloadPart;
const secret = objectName.describe('A Secret with the key "password".');
const turn = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/)
    .describe("Neither the owner's nor one of the server's own."),
  existingSecret: secret,
});
const claimName = objectNameOrNone;
const accessMode = z.enum(["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]);
const keep = z.enum(["Retain", "Delete"]).default("Retain");

/** A volume that the database is the only one to use. */
const claimPart = {
  size: quantity.default("8Gi"),
  class: objectNameOrNone.default("").describe("The StorageClass; empty: global.storageClass."),
  accessModes: z
    .array(accessMode)
    .min(1)
    .refine((modes) => modes.length === 1 || !modes.includes("ReadWriteOncePod"), {
      error: "ReadWriteOncePod stands alone; leave the others out",
    })
    .default(["ReadWriteOnce"]),
  existingClaim: claimName
    .default("")
    .describe("A claim that is there already; the size and the class then count for nothing."),
};

export const databaseStorage = z
  .strictObject({
    ...claimPart,
    retention: z
      .strictObject({
        whenDeleted: keep.describe("What becomes of the claim when the StatefulSet is deleted."),
        whenScaled: keep.describe("What becomes of it when the pod is scaled away."),
      })
      .prefault({}),
  })
  .describe("The volume with the data.");

export const databaseBackup = z
  .strictObject({
    ...claimPart,
    size: quantity.describe("Several times the data's: so many full backups, and all changes."),
    everyMinutes: z
      .int()
      .min(1)
      .max(10_080)
      .default(60)
      .describe("How often what has changed is backed up; each change is archived in between."),
    fullEveryDays: z.int().min(1).max(90).default(7).describe("How often all is backed up."),
    longestMinutes: z
      .int()
      .min(5)
      .max(10_080)
      .default(720)
      .describe("How long one may take; one that hangs is ended then, and tried anew."),
    retentionFull: z
      .int()
      .min(1)
      .max(365)
      .default(4)
      .describe("How many full backups are kept, with all that is needed to go back to each."),
    encryptionSecret: passphrase,
    second: secondBackup.optional(),
    resources: resourcesOf(["50m", "64Mi", "32Mi"], ["500m", "256Mi", "64Mi"]),
  })
  .describe(
    "Continuous backups by pgBackRest to a volume of their own, which a lost data volume is restored from.",
  );
export type DatabaseBackup = z.output<typeof databaseBackup>;

/** Where a person who knows no better expects the operator and the API server. */
const operator = globalPart.unwrap().shape.dns.unwrap();

export const cnpg = z
  .strictObject({
    instances: z.int().min(1).max(9).default(3).describe("One primary and its standbys."),
    operator: operator
      .prefault({
        namespace: "cnpg-system",
        labels: { "app.kubernetes.io/name": "cloudnative-pg" },
      })
      .describe("The operator's pods, which must be there; they ask the instances how they are."),
    apiServer: networkPart.shape.outside
      .unwrap()
      .prefault([
        { cidr: "0.0.0.0/0", port: 443 },
        { cidr: "0.0.0.0/0", port: 6443 },
      ])
      .describe("The API server's addresses, which the instances ask who the primary is."),
    backup: z
      .strictObject({
        objectStore: z
          .string()
          .min(1)
          .describe("An ObjectStore of the Barman Cloud plugin, which must be there, too."),
        schedule: z
          .string()
          .default("0 0 2 * * *")
          .describe("When all is backed up: as cron says it, with seconds before."),
      })
      .optional()
      .describe("Continuous backups to an object store."),
  })
  .describe("With mode cnpg: what CloudNativePG makes.");

export const exporter = z
  .strictObject({
    image: ownImage("postgres-exporter", "0.11.1"),
    resources: resourcesOf(["100m", "64Mi", "16Mi"], ["100m", "64Mi", "16Mi"]),
  })
  .prefault({})
  .describe(
    "Beside the server, where a Prometheus is to find it: tells how the server and its backups are. With mode cnpg, the operator's instances tell that themselves.",
  );

export const logins = z
  .strictObject({ resources: resourcesOf(["50m", "32Mi", "16Mi"], ["50m", "32Mi", "16Mi"]) })
  .prefault({})
  .describe("Beside the server: gives the logins the passwords of their Secrets.");

/** The server, in whichever mode it runs. */
export const serverPart = {
  maxConnections: z
    .int()
    .min(10)
    .max(10_000)
    .describe("At once; each may take 5Mi of the memory, of which they have half."),
  settings: z
    .record(z.string().regex(/^[a-z][a-z0-9_.]*$/), z.string())
    .default({})
    .describe("More settings of the server; they go before those computed from the memory limit."),
};

export const postgres = z
  .strictObject({
    ...statefulPart,
    mode: z
      .enum(["statefulset", "cnpg"])
      .default("statefulset")
      .describe(
        "One instance of the chart's own, or several of CloudNativePG, whose operator must be there; the image is then one of CloudNativePG's, and both Secrets have a username.",
      ),
    image: ownImage("postgres", "15"),
    env: envBeside(
      ...["USER", "DB", "PASSWORD_FILE", "INITDB_ARGS"].map((key) => `POSTGRES_${key}`),
      "PGDATA",
    ),
    storage: databaseStorage.prefault({}),
    maxConnections: serverPart.maxConnections.default(50),
    settings: serverPart.settings,
    ...replicasPart,
    replication,
    backup: databaseBackup.optional(),
    verification,
    restore: databaseRestore.optional(),
    cnpg: cnpg.optional(),
    logins,
    exporter,
    tls: z
      .strictObject({
        existingSecret: objectName
          .default("postgres-tls")
          .describe(
            "With mode statefulset: a Secret with tls.crt, tls.key and ca.crt, as cert-manager makes them, for NAME, NAME-rw, NAME-ro and the pods behind, each also with .NAMESPACE and .NAMESPACE.svc. The server takes up another one without a restart.",
          ),
      })
      .prefault({}),
    superuser: z.strictObject({ existingSecret: secret }).prefault({
      existingSecret: "postgres-superuser",
    }),
    application: z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,62}$/)
          .default("registry")
          .describe("The login and the database that it owns."),
        existingSecret: secret.default("postgres-registry"),
        logins: z
          .array(turn)
          .max(4)
          .default([])
          .describe(
            "With mode statefulset: log in in the owner's place, which then no longer can; whoever's Secret is there may. Two take turns, so that a password is changed while both count.",
          ),
      })
      .prefault({}),
    resources: resourcesOf(["100m", "256Mi", "64Mi"], ["1", "512Mi", "256Mi"]),
    network: networkPart.prefault({ ingress: ["registry"] }),
  })
  .superRefine((values, context) => {
    const { mode, backup, restore, storage, cnpg, application, verification, network } = values;
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (mode === "statefulset") {
      const shut = unreachable(backup?.second, network.outside);
      if (shut) refuse(["backup", "second", "s3"], shut);
      const alone = unverifiable(verification, backup);
      if (alone) refuse(["backup", "accessModes"], alone);
      if (cnpg) refuse(["cnpg"], "belongs to mode cnpg; leave it out or set mode to cnpg");
      return;
    }
    if (backup) refuse(["backup"], "belongs to mode statefulset; with mode cnpg, set cnpg.backup");
    if (application.logins.length > 0) {
      refuse(
        ["application", "logins"],
        "belongs to mode statefulset; the operator keeps one login",
      );
    }
    if (restore)
      refuse(["restore"], "belongs to mode statefulset; with mode cnpg, the operator recovers");
    if (storage.existingClaim !== "") {
      refuse(
        ["storage", "existingClaim"],
        "belongs to mode statefulset; the operator makes claims",
      );
    }
  })
  .superRefine((values, context) => {
    for (const problem of replicaProblems(values)) context.addIssue({ code: "custom", ...problem });
  });
export type PostgresValues = z.output<typeof postgres>;
