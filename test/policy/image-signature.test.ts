import assert from "node:assert/strict";
import { violationsIn } from "./support/objects.ts";

const sha256 = `sha256:${"a".repeat(64)}`;

describe("signatures", () => {
  const digest = `@${sha256}`;
  const image = `reg.io/team/app:1${digest}`;
  const target = (reference = image) => ({
    apiVersion: "v1",
    kind: "Pod",
    spec: { containers: [{ name: "c", image: reference }] },
  });
  const unsigned = (policies: object[], signers?: object[], reference?: string) =>
    violationsIn([target(reference), ...policies], { "image-signature": { signers } }).paths.I6 ??
    [];
  const missing = ["spec.containers[0].image"];

  it("need a record of key or identity, and of who verifies it", () => {
    const where = { images: "reg.io/team", verifiedBy: "the cluster" };
    const key = { key: "k8s://keys/team" };
    const keyless = { identity: "ci", issuer: "https://issuer" };
    assert.deepEqual(unsigned([], [{ ...where, ...key }]), []);
    assert.deepEqual(unsigned([], [{ ...where, ...keyless }]), []);
    const incomplete = [where, { ...where, identity: "ci" }, { ...where, issuer: "i" }];
    for (const each of [...incomplete, { images: "reg.io/team", ...key }]) {
      assert.deepEqual(unsigned([], [each]), missing, JSON.stringify(each));
    }
    assert.deepEqual(unsigned([], [{ ...where, ...key, images: "reg.io/te" }]), missing);
    assert.deepEqual(unsigned([]), missing);
  });

  const sigstore = (glob: string, spec: object = {}) => ({
    apiVersion: "policy.sigstore.dev/v1beta1",
    kind: "ClusterImagePolicy",
    spec: { images: [{ glob }], authorities: [{ keyless: {} }], ...spec },
  });
  it("are enforced by Sigstore's policies, whose stars end at a slash", () => {
    for (const glob of ["reg.io/team/*", "reg.io/**", "**", "reg.io/*/app", "reg.io/team/app:1"]) {
      assert.deepEqual(unsigned([sigstore(glob)]), [], glob);
    }
    for (const glob of ["reg.io/*", "reg.io", "reg?io/team/app", "reg.io/team/ap", "reg-io/**"]) {
      assert.deepEqual(unsigned([sigstore(glob)]), missing, glob);
    }
    assert.deepEqual(unsigned([sigstore("index.docker.io/library/*")], [], `nginx${digest}`), []);
  });
  it("are not enforced by a policy that only warns or passes everything", () => {
    const lenient = [{ mode: "warn" }, { authorities: [{ static: { action: "pass" } }] }];
    for (const spec of [...lenient, { authorities: [] }, { images: null }]) {
      assert.deepEqual(unsigned([sigstore("**", spec)]), missing, JSON.stringify(spec));
    }
    const keyed = { mode: "enforce", authorities: [{ key: { data: "PEM" } }] };
    assert.deepEqual(unsigned([sigstore("**", keyed)]), []);
  });

  const kyverno = (verify: object, spec: object = {}, kind = "ClusterPolicy") => ({
    apiVersion: "kyverno.io/v1",
    kind,
    spec: {
      rules: [{ verifyImages: [{ attestors: [{ entries: [{ keys: {} }] }], ...verify }] }],
      ...spec,
    },
  });
  it("are enforced by Kyverno's policies, whose stars go past slashes", () => {
    const verify = { imageReferences: ["reg.io/*"], failureAction: "Enforce" };
    assert.deepEqual(unsigned([kyverno(verify)]), []);
    assert.deepEqual(unsigned([kyverno(verify, {}, "Policy")]), []);
    const older = { validationFailureAction: "enforce" };
    assert.deepEqual(unsigned([kyverno({ imageReferences: ["*/app:1"] }, older)]), []);
    assert.deepEqual(unsigned([kyverno({ imageReferences: ["*:latest"] }, older)]), missing);
    const untagged = unsigned(
      [kyverno({ imageReferences: ["*:latest"] }, older)],
      [],
      `a.io/b${digest}`,
    );
    assert.deepEqual(untagged, []);
  });
  it("are not enforced by one that audits, skips the image or trusts nobody", () => {
    const verify = { imageReferences: ["*"], failureAction: "Enforce" };
    const audits = { validationFailureAction: "Enforce" };
    assert.deepEqual(unsigned([kyverno({ ...verify, failureAction: "Audit" }, audits)]), missing);
    assert.deepEqual(unsigned([kyverno({ imageReferences: ["*"] })]), missing);
    assert.deepEqual(unsigned([kyverno({ ...verify, attestors: [] })]), missing);
    assert.deepEqual(unsigned([kyverno({ ...verify, attestors: [{}] })]), missing);
    assert.deepEqual(unsigned([kyverno({ ...verify, skipImageReferences: ["*/app:*"] })]), missing);
  });
  it("are not asked of what is no image", () => {
    assert.deepEqual(unsigned([], [], "No Image"), []);
  });
});
