import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import { fromManifest } from "#policy/model/subject";
import { versionLabel } from "#policy/rules/images/version-label";

const sha256 = `sha256:${"a".repeat(64)}`;

describe("a version label", () => {
  const version = (label: unknown) => ({ labels: { "app.kubernetes.io/version": label } });
  function found(image: unknown, template: object, own: object = {}) {
    const containers = [
      { name: "c", image },
      { name: "d", image: "reg.io/other:9" },
    ];
    const spec = { template: { metadata: template, spec: { containers } } };
    const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: own, spec };
    const [subject] = fromManifest(object);
    assert.ok(subject);
    return judgeOne(versionLabel, subject, {}).map(({ path }) => path);
  }
  const label = 'metadata.labels["app.kubernetes.io/version"]';
  it("is the first image's tag, a leading v aside", () => {
    for (const [tag, value] of [
      ["1.2", "1.2"],
      ["v1.2", "1.2"],
      ["1.2", "v1.2"],
      ["vega", "vega"],
    ]) {
      assert.deepEqual(found(`reg.io/app:${tag}@${sha256}`, version(value)), [], tag);
    }
    assert.deepEqual(found("reg.io/app:1.2", version("1.20")), [`spec.template.${label}`]);
    assert.deepEqual(found("reg.io/app:vega", version("ega")), [`spec.template.${label}`]);
  });
  it("is true on the workload too", () => {
    assert.deepEqual(found("reg.io/app:1.2", version("1.2"), version("1.1")), [label]);
    assert.deepEqual(found("reg.io/app:1.2", {}, version("1.2")), []);
  });
  it("is reported once on a bare pod", () => {
    const spec = { containers: [{ name: "c", image: "reg.io/app:2" }] };
    const [subject] = fromManifest({ apiVersion: "v1", kind: "Pod", metadata: version("1"), spec });
    assert.ok(subject);
    const [first, ...others] = judgeOne(versionLabel, subject, {});
    assert.deepEqual([first?.path, others], [label, []]);
    assert.match(first?.message ?? "", /^is "1", but .* has the tag "2"; write the same/);
  });
  it("is not judged where image or label tells no version", () => {
    assert.deepEqual(found(`reg.io/app@${sha256}`, version("1")), []);
    assert.deepEqual(found(undefined, version("1")), []);
    assert.deepEqual(found("reg.io/app:1", {}), []);
  });
});
