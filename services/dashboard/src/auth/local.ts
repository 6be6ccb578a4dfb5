import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { secretFile } from "./secret-file.ts";

const LEAST_PASSWORD = 12;

/** One user, whose password stands in a file. */
export interface LocalUser {
  readonly name: string;
  /** Takes the same time whatever is wrong. */
  accepts(name: string, password: string): boolean;
  /** Another one with each password: it ends the sessions of the last one. */
  mark(): string;
}

/** Throws an error that names the file if it holds no good password. */
export function createLocalUser(name: string, passwordFile: string): LocalUser {
  const password = secretFile(passwordFile, (text) => {
    if (text.length >= LEAST_PASSWORD) return text;
    throw new Error(`must hold a password of ${LEAST_PASSWORD} characters or more`);
  });
  const key = randomBytes(32);
  const digest = (text: string) => createHmac("sha256", key).update(text).digest();
  const same = (given: string, wanted: string) => timingSafeEqual(digest(given), digest(wanted));
  return {
    name,
    accepts(givenName, givenPassword) {
      const named = same(givenName, name);
      return same(givenPassword, password()) && named;
    },
    mark: () =>
      createHash("sha256").update(`${name}\n${password()}`).digest("base64url").slice(0, 16),
  };
}
