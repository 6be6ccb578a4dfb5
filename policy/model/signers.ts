import type { Graph } from "#model/graph";
import { type Image, isUnder } from "#model/image";
import { list } from "#model/kubernetes";
import type { Settings } from "#model/rule";

/** Says whether somebody checks the signature of an image before it runs. */
export type Signer = (image: Image) => boolean;

interface Recorded {
  images?: string;
  key?: string;
  identity?: string;
  issuer?: string;
  verifiedBy?: string;
}

interface KyvernoRule {
  verifyImages?: {
    imageReferences?: string[];
    skipImageReferences?: string[];
    attestors?: { entries?: unknown[] }[];
    failureAction?: string;
  }[];
}

interface SigstoreSpec {
  mode?: string;
  images?: { glob?: string }[];
  authorities?: { key?: unknown; keyless?: { identities?: unknown[] }; static?: unknown }[];
}

/** The signers that the setting `signers` records; one without a key or verifier is none. */
export function recordedSigners(settings: Settings): Signer[] {
  return list(settings.signers as Recorded[] | undefined)
    .filter(({ key, identity, issuer, verifiedBy }) => verifiedBy && (key || (identity && issuer)))
    .map(
      ({ images }) =>
        (image) =>
          isUnder(image, images),
    );
}

/** The signers that admission policies of the stack itself enforce, by Sigstore or by Kyverno. */
export function enforcedSigners(graph: Graph): Signer[] {
  const sigstore = graph.of("policy.sigstore.dev/ClusterImagePolicy").flatMap(({ body }) => {
    const { mode, images, authorities } = (body.spec ?? {}) as SigstoreSpec;
    const signed = list(authorities).some((each) => each?.key || each?.keyless);
    return signed && mode !== "warn" ? list(images).map((each) => ofSigstore(`${each?.glob}`)) : [];
  });
  const kyverno = graph.of("kyverno.io/ClusterPolicy", "kyverno.io/Policy").flatMap(({ body }) => {
    const spec = (body.spec ?? {}) as { validationFailureAction?: string; rules?: KyvernoRule[] };
    return list(spec.rules)
      .flatMap((rule) => list(rule?.verifyImages).filter(Boolean))
      .filter(({ failureAction = spec.validationFailureAction }) =>
        /^enforce$/i.test(`${failureAction}`),
      )
      .filter(({ attestors }) => list(attestors).some((each) => list(each?.entries).length > 0))
      .map(({ imageReferences, skipImageReferences }) =>
        ofKyverno(list(imageReferences), list(skipImageReferences)),
      );
  });
  return [...sigstore, ...kyverno];
}

/** `**` stands for anything, `*` for anything within one part of the path. */
function ofSigstore(glob: string): Signer {
  const full = glob.replace(/^index\.docker\.io\//, "docker.io/");
  const pattern = toPattern(full, (star) => (star === "**" ? ".*" : "[^/]*"));
  return ({ name, tag }) =>
    pattern.test(name) || (tag !== undefined && pattern.test(`${name}:${tag}`));
}

/** Here `*` stands for anything at all, as it does in Kyverno. */
function ofKyverno(references: string[], skipped: string[]): Signer {
  const matches = (globs: string[], { name, tag }: Image) =>
    globs.some((glob) => toPattern(`${glob}`, () => ".*").test(`${name}:${tag ?? "latest"}`));
  return (image) => matches(references, image) && !matches(skipped, image);
}

function toPattern(glob: string, star: (found: string) => string): RegExp {
  const parts = glob.split(/(\*+)/).map((part) => {
    return part.startsWith("*") ? star(part) : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}
