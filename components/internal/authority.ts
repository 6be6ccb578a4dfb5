import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { accepted, type Generations } from "#components/internal/generations";
import { houseMetadata, recommendedLabels } from "#components/internal/house";
import { GENERATION } from "#components/internal/turns";
import type { Global } from "#components/internal/types";

const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const YEAR = 365 * 24;

/** Whose certificate it is. */
export interface CertificatePlace {
  namespace: string;
  component: string;
  global?: Global | undefined;
  /** The Services and StatefulSets that it is reached by. */
  hosts: string[];
}

/**
 * The certificate of a server and who vouches for it, in a Secret called `name-tls`. Clients accept the
 * authorities of all generations, and the one in use has signed; as each is a resource named by its
 * number, a step of a rotation touches none that somebody relies on. Any update in the second half of
 * a certificate's year renews it.
 */
export function makeCertificate(
  parent: pulumi.Resource,
  name: string,
  generations: Generations,
  { namespace, component, global, hosts }: CertificatePlace,
): k8s.core.v1.Secret {
  const authorities = accepted(generations).map((generation) =>
    makeAuthority(parent, `${name}-authority-${generation}`),
  );
  const [inUse] = authorities;
  if (!inUse) throw new pulumi.RunError("a rotation has a generation in use");
  const names = hosts.flatMap((host) =>
    ["", `.${namespace}`, `.${namespace}.svc`].map((domain) => `${host}${domain}`),
  );
  const own = sign(parent, `${name}-server-${generations.current}`, names, inUse);
  const labels = recommendedLabels(`${name}-tls`, component);
  // As with all that rotates, it is not protected: each step puts another Secret in its place.
  const annotations = { [GENERATION]: accepted(generations).join(",") };
  return new k8s.core.v1.Secret(
    `${name}-tls`,
    {
      metadata: {
        name: `${name}-tls`,
        namespace,
        ...houseMetadata(global, { labels, annotations }),
      },
      type: "kubernetes.io/tls",
      stringData: {
        "tls.crt": own.certificate,
        "tls.key": own.key,
        "ca.crt": pulumi
          .all(authorities.map(({ certificate }) => certificate))
          .apply((all) => all.join("")),
      },
    },
    { parent },
  );
}

interface Signed {
  certificate: pulumi.Output<string>;
  key: pulumi.Output<string>;
}

function makeAuthority(parent: pulumi.Resource, name: string): Signed {
  const { privateKeyPem: key } = new tls.PrivateKey(name, KEY, { parent });
  const { certPem: certificate } = new tls.SelfSignedCert(
    name,
    {
      privateKeyPem: key,
      // By its own name: two that a client accepts at once must not look the same.
      subject: { commonName: name, organization: "mcp-mesh" },
      isCaCertificate: true,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
      validityPeriodHours: 10 * YEAR,
    },
    { parent },
  );
  return { certificate, key };
}

function sign(parent: pulumi.Resource, name: string, hosts: string[], authority: Signed): Signed {
  const key = new tls.PrivateKey(name, KEY, { parent });
  const request = new tls.CertRequest(
    name,
    { privateKeyPem: key.privateKeyPem, subject: { commonName: name }, dnsNames: hosts },
    { parent },
  );
  const { certPem: certificate } = new tls.LocallySignedCert(
    name,
    {
      certRequestPem: request.certRequestPem,
      caPrivateKeyPem: authority.key,
      caCertPem: authority.certificate,
      allowedUses: ["digital_signature", "server_auth"],
      validityPeriodHours: YEAR,
      earlyRenewalHours: YEAR / 2,
    },
    { parent },
  );
  return { certificate, key: key.privateKeyPemPkcs8 };
}
