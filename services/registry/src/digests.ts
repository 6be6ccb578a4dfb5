import { createHash } from "node:crypto";
import type { Wiring } from "./protocol.ts";

/** A short fingerprint of plain data, equal for equal data whatever the order of its keys. */
export function digestOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return createHash("sha256").update(sorted).digest("base64url");
}

/** The fingerprints of a wiring: the whole, and the part that replicas of schema version 1 know. */
export function digestsOf(wiring: Wiring): { told: string; base: string } {
  const base = Object.entries(wiring).map(([name, entries]) => [
    name,
    entries.map(({ endpoints, idempotent, ...entry }) => entry),
  ]);
  return { told: digestOf(wiring), base: digestOf(Object.fromEntries(base)) };
}
