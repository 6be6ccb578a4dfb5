import { createHash } from "node:crypto";

/** Ten hexadecimal digits that stand for a JSON value. */
export function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 10);
}
