import { createHash, hkdfSync } from "node:crypto";
import { EncryptJWT, type JWTPayload, jwtDecrypt } from "jose";
import { secretFile } from "./secret-file.ts";

const ALGORITHM = { alg: "dir", enc: "A256GCM" } as const;
const LEAST_KEY = 32;

interface Key {
  id: string;
  bytes: Uint8Array;
}

/** The keys of a file, one a line; the first encrypts, all of them decrypt. */
export function parseKeys(text: string): [Key, ...Key[]] {
  const keys = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line, index): Key => {
      if (line.length < LEAST_KEY) {
        throw new Error(
          `line ${index + 1} must be a key of ${LEAST_KEY} random characters or more`,
        );
      }
      const bytes = new Uint8Array(hkdfSync("sha256", line, "", "mcp-mesh dashboard cookie", 32));
      return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes };
    });
  const [first, ...others] = keys;
  if (!first) throw new Error("holds no key; write one of 32 random characters or more a line");
  return [first, ...others];
}

/** What only replicas with the same key can read and make. */
export interface Seal {
  /** `purpose` keeps what was made for one thing from being taken for another. */
  close(purpose: string, claims: JWTPayload, seconds: number): Promise<string>;
  /** Undefined for what is forged, expired, of another purpose, or of a key that is gone. */
  open(purpose: string, sealed: string): Promise<JWTPayload | undefined>;
}

/** Throws an error that names the file if it holds no key. */
export function createSeal(keysFile: string): Seal {
  const keys = secretFile(keysFile, parseKeys);
  return {
    close(purpose, claims, seconds) {
      const [key] = keys();
      const now = Math.floor(Date.now() / 1000);
      return new EncryptJWT(claims)
        .setProtectedHeader({ ...ALGORITHM, kid: key.id })
        .setAudience(purpose)
        .setIssuedAt(now)
        .setExpirationTime(now + seconds)
        .encrypt(key.bytes);
    },
    async open(purpose, sealed) {
      try {
        const { payload } = await jwtDecrypt(
          sealed,
          ({ kid }) => {
            const key = keys().find(({ id }) => id === kid);
            if (!key) throw new Error("the key is gone");
            return key.bytes;
          },
          {
            audience: purpose,
            requiredClaims: ["exp", "iat"],
            keyManagementAlgorithms: [ALGORITHM.alg],
            contentEncryptionAlgorithms: [ALGORITHM.enc],
          },
        );
        return payload;
      } catch {
        return undefined;
      }
    },
  };
}
