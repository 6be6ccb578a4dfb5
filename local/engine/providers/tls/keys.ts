import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { UserError } from "#local/engine/errors";

/** By the name that the package has for it: what the key's own parameters and WebCrypto call it. */
const CURVES = {
  P256: { named: "prime256v1", web: "P-256", hash: "SHA-256" },
  P384: { named: "secp384r1", web: "P-384", hash: "SHA-384" },
  P521: { named: "secp521r1", web: "P-521", hash: "SHA-512" },
};

/** Whether the local engine has this curve. */
export const knownCurve = (curve: string): boolean => curve in CURVES;

/** A new key on one of these curves. */
export function makeKey(curve: string): KeyObject {
  const found = CURVES[curve as keyof typeof CURVES];
  if (!found) throw unsupported(`ecdsaCurve ${curve}`);
  return generateKeyPairSync("ec", { namedCurve: found.named }).privateKey;
}

/** The private key of a PEM block. */
export function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new UserError("the private key is not in PEM; give it privateKeyPem of a tls.PrivateKey");
  }
}

/** Both halves of a key as WebCrypto takes them, and how it signs. */
export function signer(key: KeyObject): {
  keys: CryptoKeyPair;
  algorithm: EcdsaParams;
} {
  const { namedCurve } = key.asymmetricKeyDetails ?? {};
  const curve = Object.values(CURVES).find(({ named }) => named === namedCurve);
  if (!curve) throw unsupported(`a key of the kind ${namedCurve ?? key.asymmetricKeyType}`);
  const how = { name: "ECDSA", namedCurve: curve.web };
  const keys = {
    privateKey: key.toCryptoKey(how, true, ["sign"]),
    publicKey: createPublicKey(key).toCryptoKey(how, true, ["verify"]),
  };
  // The same thing by the name that browsers' types have for it, which the library's are made of.
  return { keys: keys as CryptoKeyPair, algorithm: { name: "ECDSA", hash: curve.hash } };
}

function unsupported(what: string): UserError {
  const curves = Object.keys(CURVES).join(", ");
  return new UserError(
    `the local engine has no ${what}; use ECDSA with ${curves}, or the Pulumi CLI`,
  );
}
