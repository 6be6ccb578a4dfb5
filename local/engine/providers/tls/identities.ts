import { createHash, type KeyObject } from "node:crypto";
import type { Props } from "#local/engine/value";

/** The id that the package gives what is made of these bytes, which it trims as if they were text. */
export function idOf(bytes: Buffer): string {
  const space = (byte: number | undefined) =>
    byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
  let [start, end] = [0, bytes.length];
  while (start < end && space(bytes[start])) start++;
  while (end > start && space(bytes[end - 1])) end--;
  return createHash("sha1").update(bytes.subarray(start, end)).digest("hex");
}

/** A public key on a curve, and what it is known by, as OpenSSH writes them. */
export function openSsh(key: KeyObject): Props {
  const { crv = "", x = "", y = "" } = key.export({ format: "jwk" });
  const curve = `nistp${crv.slice(2)}`;
  const point = [Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  const parts = [`ecdsa-sha2-${curve}`, curve, Buffer.concat(point)].map((part) => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  const blob = Buffer.concat(parts);
  const md5 = createHash("md5").update(blob).digest("hex");
  const sha256 = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return {
    publicKeyOpenssh: `ecdsa-sha2-${curve} ${blob.toString("base64")}\n`,
    publicKeyFingerprintMd5: md5.replace(/..(?!$)/g, "$&:"),
    publicKeyFingerprintSha256: `SHA256:${sha256}`,
  };
}
