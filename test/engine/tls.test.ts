import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import type { Provider } from "#local/engine/provider";
import { createTlsProvider } from "#local/engine/providers/tls";
import { type Props, reveal, Secret, UNKNOWN } from "#local/engine/value";

const typeOf = (name: string) => `tls:index/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;
const operation = { urn: "urn", name: "a", status: () => {}, signal: new AbortController().signal };
const uses = ["digital_signature", "server_auth"];

describe("the tls package on the local engine", () => {
  let provider: Provider;
  before(() => {
    provider = createTlsProvider();
  });

  const create = async (name: string, inputs: Props) => {
    const made = await provider.create({
      ...operation,
      type: typeOf(name),
      inputs,
      preview: false,
    });
    return {
      id: made.id,
      inputs,
      outputs: made.outputs,
      bare: reveal(made.outputs) as Record<string, string>,
    };
  };
  const authority = async (commonName = "one") => {
    const key = await create("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const own = await create("SelfSignedCert", {
      privateKeyPem: new Secret(key.bare.privateKeyPem!),
      subject: { commonName, organization: "mcp-mesh" },
      isCaCertificate: true,
      allowedUses: ["cert_signing", "digital_signature"],
      validityPeriodHours: 1000,
    });
    return { key, own };
  };
  const leaf = async (more: Props = {}) => {
    const { key, own } = await authority();
    const mine = await create("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const asked = await create("CertRequest", {
      privateKeyPem: new Secret(mine.bare.privateKeyPem!),
      subject: { commonName: "db" },
      dnsNames: ["db", "*.db.mesh.svc"],
    });
    const signed = await create("LocallySignedCert", {
      certRequestPem: asked.bare.certRequestPem!,
      caCertPem: own.bare.certPem!,
      caPrivateKeyPem: new Secret(key.bare.privateKeyPem!),
      allowedUses: uses,
      validityPeriodHours: 24,
      earlyRenewalHours: 12,
      ...more,
    });
    return { signed, authority: own, mine };
  };
  const diff = (name: string, made: Awaited<ReturnType<typeof create>>, change: Props) =>
    provider.diff({
      ...{ urn: "urn", name: "a", type: typeOf(name), id: made.id },
      oldInputs: made.inputs,
      oldOutputs: made.outputs,
      newInputs: { ...made.inputs, ...change },
    });

  it("makes a certificate that its authority vouches for, for the hosts that were asked for", async () => {
    const { signed, authority: own, mine } = await leaf();
    const certificate = new X509Certificate(signed.bare.certPem!);
    const issuer = new X509Certificate(own.bare.certPem!);
    assert.equal(certificate.verify(issuer.publicKey), true);
    assert.equal(certificate.checkIssued(issuer), true);
    assert.deepEqual([issuer.ca, certificate.ca], [true, false]);
    assert.equal(certificate.checkHost("db-0.db.mesh.svc"), "*.db.mesh.svc");
    assert.equal(certificate.checkHost("elsewhere"), undefined);
    const key = createPublicKey(mine.bare.privateKeyPem!);
    assert.equal(certificate.publicKey.equals(key), true);
    assert.equal(BigInt(`0x${certificate.serialNumber}`).toString(), signed.id);
    assert.equal(Date.parse(signed.bare.validityEndTime!), certificate.validToDate.getTime());
  });

  it("keeps private keys secret, and what is public open", async () => {
    const { outputs } = await create("PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    for (const key of ["privateKeyPem", "privateKeyPemPkcs8"]) {
      assert.ok(outputs[key] instanceof Secret, key);
    }
    assert.match(String(outputs.publicKeyPem), /^-----BEGIN PUBLIC KEY-----\n/);
    assert.match(String(outputs.publicKeyOpenssh), /^ecdsa-sha2-nistp256 AAAA\S+\n$/);
  });

  it("knows nothing of a certificate before it is made", async () => {
    const { outputs } = await provider.create({
      ...operation,
      type: typeOf("LocallySignedCert"),
      inputs: { certRequestPem: UNKNOWN, allowedUses: uses, validityPeriodHours: 24 },
      preview: true,
    });
    assert.equal(outputs.certPem, UNKNOWN);
  });

  it("leaves a certificate as it is until its renewal is due, and then makes another", async () => {
    const { signed } = await leaf();
    assert.equal((await diff("LocallySignedCert", signed, {})).changes, false);
    const due = await diff("LocallySignedCert", signed, { earlyRenewalHours: 24 });
    assert.ok(due.replaceKeys.includes("readyForRenewal"));
    const { signed: old } = await leaf({ earlyRenewalHours: 24 });
    assert.deepEqual((await diff("LocallySignedCert", old, {})).replaceKeys, ["readyForRenewal"]);
  });

  it("makes another one for every change but that of its renewal", async () => {
    const { signed } = await leaf();
    const hours = await diff("LocallySignedCert", signed, { validityPeriodHours: 25 });
    assert.deepEqual(hours.replaceKeys, ["validityPeriodHours"]);
    const renewal = await diff("LocallySignedCert", signed, { earlyRenewalHours: 6 });
    assert.deepEqual([renewal.changes, renewal.replaceKeys], [true, []]);
    const spelled = await diff("LocallySignedCert", signed, { isCaCertificate: false });
    assert.equal(spelled.changes, false);
  });

  it("says what it lacks, and what is missing", async () => {
    const check = async (name: string, news: Props) =>
      (
        await provider.check({
          ...{ urn: "urn", name: "a", type: typeOf(name) },
          ...{ olds: undefined, news, seed: Buffer.alloc(32) },
        })
      ).failures.map(({ property }) => property);
    assert.deepEqual(await check("PrivateKey", { algorithm: "RSA", ecdsaCurve: "P256" }), [
      "algorithm",
    ]);
    assert.deepEqual(await check("PrivateKey", { algorithm: "ECDSA" }), ["ecdsaCurve"]);
    assert.deepEqual(await check("CertRequest", { uris: ["a:b"] }), ["privateKeyPem", "uris"]);
  });
});
