import { createPublicKey } from "node:crypto";
import {
  type Certificate,
  certify,
  certifySelf,
  knownPart,
  knownUse,
  request,
  type Subject,
  type Terms,
} from "#local/engine/providers/tls/certificates";
import { idOf, openSsh } from "#local/engine/providers/tls/identities";
import { knownCurve, makeKey, readKey } from "#local/engine/providers/tls/keys";
import { type Props, Secret } from "#local/engine/value";

type Failure = { property: string; reason: string };

/** What one resource type takes, and what it makes of it. */
export interface Kind {
  required: string[];
  defaults: Props;
  /** Inputs that the real provider takes, but this one does not. */
  refuse?(inputs: Props): Failure[];
  /** The outputs that are not inputs. */
  made: string[];
  make(inputs: Props): Promise<{ id: string; outputs: Props }>;
}

const CERTIFICATE = { earlyRenewalHours: 0, isCaCertificate: false, setSubjectKeyId: false };
const CERTIFIED = ["certPem", "readyForRenewal", "validityStartTime", "validityEndTime"];
const TERMS = ["allowedUses", "validityPeriodHours"];

const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
const without = (inputs: Props, ...properties: string[]): Failure[] =>
  properties
    .filter((property) => inputs[property] !== undefined)
    .map((property) => ({
      property,
      reason: "the local engine has no such thing; use the Pulumi CLI",
    }));
const unknownUses = ({ allowedUses }: Props): Failure[] =>
  list(allowedUses)
    .filter((use) => !knownUse(use))
    .map((use) => ({ property: "allowedUses", reason: `the local engine has no use ${use}` }));
const unknownParts = ({ subject }: Props): Failure[] =>
  Object.keys((subject as object | undefined) ?? {})
    .filter((part) => !knownPart(part))
    .map((part) => ({ property: `subject.${part}`, reason: "the local engine has no such part" }));

const termsOf = (inputs: Props): Terms => ({
  hours: Number(inputs.validityPeriodHours),
  uses: list(inputs.allowedUses),
  authority: inputs.isCaCertificate === true,
  subjectKeyId: inputs.setSubjectKeyId === true,
  authorityKeyId: inputs.setAuthorityKeyId === true,
});
const hostsOf = (inputs: Props) => [...list(inputs.dnsNames), ...list(inputs.ipAddresses)];
const subjectOf = (inputs: Props) => (inputs.subject ?? {}) as Subject;
const seconds = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");
const certified = ({ id, pem, start, end }: Certificate, more: Props) => ({
  id,
  outputs: {
    ...more,
    certPem: pem,
    readyForRenewal: false,
    validityStartTime: seconds(start),
    validityEndTime: seconds(end),
  },
});

export const KINDS: Record<string, Kind> = {
  "tls:index/privateKey:PrivateKey": {
    required: ["algorithm"],
    defaults: { rsaBits: 2048, ecdsaCurve: "P224" },
    refuse: ({ algorithm, ecdsaCurve = "P224" }) => [
      ...(algorithm === "ECDSA"
        ? []
        : [{ property: "algorithm", reason: "the local engine has ECDSA alone" }]),
      ...(knownCurve(String(ecdsaCurve))
        ? []
        : [{ property: "ecdsaCurve", reason: "the local engine has P256, P384 and P521" }]),
    ],
    made: [
      ...["privateKeyPem", "privateKeyPemPkcs8", "publicKeyPem", "publicKeyOpenssh"],
      ...["publicKeyFingerprintMd5", "publicKeyFingerprintSha256"],
    ],
    make: async ({ ecdsaCurve }) => {
      const key = makeKey(String(ecdsaCurve));
      const own = createPublicKey(key);
      return {
        id: idOf(own.export({ type: "spki", format: "der" })),
        outputs: {
          privateKeyPem: new Secret(key.export({ type: "sec1", format: "pem" }).toString()),
          privateKeyPemPkcs8: new Secret(key.export({ type: "pkcs8", format: "pem" }).toString()),
          publicKeyPem: own.export({ type: "spki", format: "pem" }).toString(),
          ...openSsh(own),
        },
      };
    },
  },
  "tls:index/certRequest:CertRequest": {
    required: ["privateKeyPem"],
    defaults: {},
    refuse: (inputs) => [...without(inputs, "uris", "privateKeyPemWo"), ...unknownParts(inputs)],
    made: ["certRequestPem", "keyAlgorithm"],
    make: async (inputs) => {
      const key = readKey(String(inputs.privateKeyPem));
      const { pem, der } = await request(key, subjectOf(inputs), hostsOf(inputs));
      return { id: idOf(der), outputs: { certRequestPem: pem, keyAlgorithm: "ECDSA" } };
    },
  },
  "tls:index/selfSignedCert:SelfSignedCert": {
    required: ["privateKeyPem", ...TERMS],
    defaults: { ...CERTIFICATE, setAuthorityKeyId: false },
    refuse: (inputs) => [
      ...without(inputs, "uris", "privateKeyPemWo", "maxPathLength"),
      ...unknownUses(inputs),
      ...unknownParts(inputs),
    ],
    made: [...CERTIFIED, "keyAlgorithm"],
    make: async (inputs) => {
      const key = readKey(String(inputs.privateKeyPem));
      const parties = [subjectOf(inputs), hostsOf(inputs)] as const;
      const made = await certifySelf(key, ...parties, termsOf(inputs));
      return certified(made, { keyAlgorithm: "ECDSA" });
    },
  },
  "tls:index/locallySignedCert:LocallySignedCert": {
    required: ["certRequestPem", "caCertPem", "caPrivateKeyPem", ...TERMS],
    defaults: CERTIFICATE,
    refuse: (inputs) => [
      ...without(inputs, "caPrivateKeyPemWo", "maxPathLength"),
      ...unknownUses(inputs),
    ],
    made: [...CERTIFIED, "caKeyAlgorithm"],
    make: async (inputs) => {
      const key = readKey(String(inputs.caPrivateKeyPem));
      const authority = { certificate: String(inputs.caCertPem), key };
      const made = await certify(String(inputs.certRequestPem), authority, termsOf(inputs));
      return certified(made, { caKeyAlgorithm: "ECDSA" });
    },
  },
};
