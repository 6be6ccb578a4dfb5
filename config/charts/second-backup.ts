import { z } from "zod";
import { host, objectName, objectNameOrNone } from "#config/charts/kubernetes-words";
import { passphrase } from "#config/charts/restore";

const s3 = z
  .strictObject({
    endpoint: host.describe("Such as s3.eu-central-1.amazonaws.com; always by TLS."),
    port: z.int().min(1).max(65535).default(443),
    region: z.string().min(1),
    bucket: z.string().min(3).max(63),
    path: z
      .string()
      .regex(/^\/[\w./-]*\w$/)
      .default("/postgres")
      .describe("Where in the bucket; no two databases may share it."),
    uriStyle: z
      .enum(["host", "path"])
      .default("host")
      .describe("Whether the bucket is named in the host or in the path, as MinIO wants it."),
    credentialsSecret: objectName.describe('A Secret with the keys "key" and "secret".'),
    caSecret: objectNameOrNone
      .default("")
      .describe('A Secret whose "ca.crt" its certificate is checked with; empty: the image\'s.'),
  })
  .describe(
    "A bucket of an object store that speaks S3; network.outside must let the pod reach it.",
  );

/** A second repository, for when the first is lost with its storage, its zone or its region. */
export const secondBackup = z
  .strictObject({
    claim: objectNameOrNone
      .default("")
      .describe("A claim that is there already, on other storage than the first."),
    s3: s3.optional(),
    retentionFull: z.int().min(1).max(365).default(4).describe("How many full backups are kept."),
    encryptionSecret: passphrase,
  })
  .refine(({ claim, s3 }) => (claim === "") === (s3 !== undefined), {
    error: "is either on a claim or in s3: name one of them",
  })
  .describe(
    "The same again in another place: each change is archived to both, and both are backed up. What the first has lost with its storage is restored from here.",
  );

/** Why its bucket can't be reached; undefined where it can, or where there is none. */
export function unreachable(
  second: z.output<typeof secondBackup> | undefined,
  outside: readonly unknown[],
): string | undefined {
  if (!second?.s3 || outside.length > 0) return undefined;
  return "nothing lets the pod reach it; add its address and port to network.outside";
}
