import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

/**
 * How a connection to the database is secured: the server shows a certificate that is in force, for the
 * host that it was asked by, from an authority in the file (or of the system). The file is read at each
 * new connection, so that another authority needs no restart; and once at once, so that one that can't
 * be read is told of at the start.
 */
export function verified(host: string, caFile?: string): ConnectionOptions {
  if (caFile === undefined) return { host };
  let ca = readFileSync(caFile, "utf8");
  return {
    // Where it is an address, the client would not say what the certificate has to be for.
    host,
    get ca() {
      try {
        ca = readFileSync(caFile, "utf8");
      } catch {
        // It is asked for amidst a handshake, where an error would end the process.
      }
      return ca;
    },
  };
}
