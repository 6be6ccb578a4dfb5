import type { KeyObject } from "node:crypto";
import { certify, certifySelf, request } from "#local/engine/providers/tls/certificates";
import { makeKey } from "#local/engine/providers/tls/keys";

/** An authority of a test's own. */
export interface Authority {
  certificate: string;
  key: KeyObject;
}

/** A new authority; two of the same name are nevertheless different ones. */
export async function makeAuthority(name = "mcp-mesh test"): Promise<Authority> {
  const key = makeKey("P256");
  const uses = ["cert_signing", "crl_signing", "digital_signature"];
  const made = await certifySelf(key, { commonName: name }, [], {
    hours: 48,
    uses,
    authority: true,
  });
  return { certificate: made.pem, key };
}

/** A certificate for these hosts and its key, in PEM. */
export async function makeCertificate(authority: Authority, hosts: string[], hours = 24) {
  const key = makeKey("P256");
  const asked = await request(key, { commonName: hosts[0] ?? "" }, hosts);
  const uses = ["digital_signature", "server_auth"];
  const { pem } = await certify(asked.pem, authority, { hours, uses });
  return { certificate: pem, key: key.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** The names that a database's server is reached by, the standbys' included. */
export function databaseHosts(release: string, namespace: string, pods = 4): string[] {
  const each = (workload: string) =>
    Array.from({ length: pods }, (_, index) => `${workload}-${index}.${workload}`);
  const hosts = [
    ...[release, `${release}-rw`, `${release}-ro`, `${release}-standby`],
    ...each(release),
    ...each(`${release}-standby`),
  ];
  return hosts.flatMap((host) =>
    ["", `.${namespace}`, `.${namespace}.svc`].map((domain) => `${host}${domain}`),
  );
}

/** The Secret that a database's server takes its certificate from, such as `postgres-tls`. */
export async function databaseTls(
  release: string,
  namespace: string,
  authority?: Authority,
): Promise<object> {
  const issuer = authority ?? (await makeAuthority());
  const { certificate, key } = await makeCertificate(issuer, databaseHosts(release, namespace));
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `${release}-tls`, namespace },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": certificate, "tls.key": key, "ca.crt": issuer.certificate },
  };
}
