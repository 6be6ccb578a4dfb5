import "reflect-metadata";
import { type KeyObject, randomBytes } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";
import { UserError } from "#local/engine/errors";
import { signer } from "#local/engine/providers/tls/keys";

/** Whom a certificate is for, by the names that the package has for the parts. */
export interface Subject {
  commonName?: string;
  organization?: string;
  organizationalUnit?: string;
  country?: string;
}

/** What a certificate is to say beside whom it is for. */
export interface Terms {
  hours: number;
  uses: string[];
  authority?: boolean;
  subjectKeyId?: boolean;
  authorityKeyId?: boolean;
}

export interface Certificate {
  /** The serial number, in decimal. */
  id: string;
  pem: string;
  start: Date;
  end: Date;
}

/** In the order in which the real provider writes them. */
const PARTS = { country: "C", organization: "O", organizationalUnit: "OU", commonName: "CN" };

const USES: Record<string, x509.KeyUsageFlags> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  content_commitment: x509.KeyUsageFlags.nonRepudiation,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
  data_encipherment: x509.KeyUsageFlags.dataEncipherment,
  key_agreement: x509.KeyUsageFlags.keyAgreement,
  cert_signing: x509.KeyUsageFlags.keyCertSign,
  crl_signing: x509.KeyUsageFlags.cRLSign,
};
const EXTENDED_USES: Record<string, string> = {
  server_auth: x509.ExtendedKeyUsage.serverAuth,
  client_auth: x509.ExtendedKeyUsage.clientAuth,
};

/** Whether the local engine knows this use of a key. */
export const knownUse = (use: string): boolean => use in USES || use in EXTENDED_USES;

/** Whether it knows this part of a subject. */
export const knownPart = (part: string): boolean => part in PARTS;

/** A request for a certificate of this key, in PEM and as its bytes. */
export async function request(key: KeyObject, subject: Subject, hosts: string[]) {
  const { keys, algorithm } = signer(key);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(subject),
    keys,
    signingAlgorithm: algorithm,
    extensions: alternativeNames(hosts),
  });
  return { pem: `${made.toString("pem")}\n`, der: Buffer.from(made.rawData) };
}

/** A certificate for the key itself, signed by itself. */
export async function certifySelf(
  key: KeyObject,
  subject: Subject,
  hosts: string[],
  terms: Terms,
): Promise<Certificate> {
  const { keys, algorithm } = signer(key);
  const name = nameOf(subject);
  const own = await x509.SubjectKeyIdentifierExtension.create(keys.publicKey);
  const extensions = [
    ...extensionsOf(terms),
    ...(terms.authority || terms.subjectKeyId ? [own] : []),
    ...(terms.authorityKeyId ? [new x509.AuthorityKeyIdentifierExtension(own.keyId)] : []),
    ...alternativeNames(hosts),
  ];
  const parties = { subject: name, issuer: name, publicKey: keys.publicKey };
  return issue(
    { ...parties, signingKey: keys.privateKey, signingAlgorithm: algorithm, extensions },
    terms,
  );
}

/** A certificate for what the request asks, signed by an authority. */
export async function certify(
  requested: string,
  authority: { certificate: string; key: KeyObject },
  terms: Terms,
): Promise<Certificate> {
  const { keys, algorithm } = signer(authority.key);
  const asked = new x509.Pkcs10CertificateRequest(requested);
  if (!(await asked.verify()))
    throw new UserError("the certificate request is not signed by its key");
  const issuer = new x509.X509Certificate(authority.certificate);
  const authorityId = issuer.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  const names = asked.getExtension("2.5.29.17");
  const extensions = [
    ...extensionsOf(terms),
    ...(terms.authority || terms.subjectKeyId
      ? [await x509.SubjectKeyIdentifierExtension.create(asked.publicKey)]
      : []),
    ...(authorityId ? [new x509.AuthorityKeyIdentifierExtension(authorityId)] : []),
    ...(names ? [names] : []),
  ];
  const parties = {
    subject: asked.subjectName,
    issuer: issuer.subjectName,
    publicKey: asked.publicKey,
  };
  return issue(
    { ...parties, signingKey: keys.privateKey, signingAlgorithm: algorithm, extensions },
    terms,
  );
}

type Order = Omit<
  x509.X509CertificateCreateWithKeyParams,
  "serialNumber" | "notBefore" | "notAfter"
>;

async function issue(order: Order, { hours }: Terms): Promise<Certificate> {
  // Positive, and so of 127 bits at most; the whole seconds are all that a certificate can say.
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x01;
  const start = new Date(Math.floor(Date.now() / 1000) * 1000);
  const end = new Date(start.getTime() + hours * 3_600_000);
  const made = await x509.X509CertificateGenerator.create({
    ...order,
    serialNumber: serial.toString("hex"),
    notBefore: start,
    notAfter: end,
  });
  const id = BigInt(`0x${serial.toString("hex")}`).toString();
  return { id, pem: `${made.toString("pem")}\n`, start, end };
}

function extensionsOf({ uses, authority = false }: Terms): x509.Extension[] {
  const flags = uses.reduce((all, use) => all | (USES[use] ?? 0), 0);
  const extended = uses.flatMap((use) => EXTENDED_USES[use] ?? []);
  return [
    ...(flags ? [new x509.KeyUsagesExtension(flags, true)] : []),
    ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
    new x509.BasicConstraintsExtension(authority, undefined, true),
  ];
}

function alternativeNames(hosts: string[]): x509.Extension[] {
  if (hosts.length === 0) return [];
  const names = hosts.map(
    (value): x509.JsonGeneralName => ({ type: isIP(value) ? "ip" : "dns", value }),
  );
  return [new x509.SubjectAlternativeNameExtension(names)];
}

function nameOf(subject: Subject): x509.JsonName {
  return Object.entries(PARTS).flatMap(([part, short]) => {
    const value = subject[part as keyof Subject];
    return value === undefined ? [] : [{ [short]: [value] }];
  });
}
