import { z } from "zod";
import { objectName } from "#config/charts/kubernetes-words";

export const passphrase = z
  .string()
  .default("")
  .describe('A Secret whose key "password" encrypts the repository; empty: it is not encrypted.');

export const databaseRestore = z
  .strictObject({
    claim: objectName.describe("The claim of another release's repository; it is only read."),
    target: z.iso
      .datetime({ offset: true })
      .optional()
      .describe("The time to go back to, such as 2026-11-22T18:30:00Z; absent: the last there is."),
    point: z
      .string()
      .regex(/^[\w-]{1,40}-at-\d{8}T\d{6}Z$/)
      .optional()
      .describe("Instead of a time: a restore point, such as the registry's migrations leave."),
    encryptionSecret: passphrase,
  })
  .refine(({ target, point }) => !(target && point), {
    error: "goes back to a time or to a point; name one of them",
  })
  .describe("Where a new database's data comes from. Once it has some, this counts for nothing.");
