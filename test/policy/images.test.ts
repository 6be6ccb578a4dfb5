import assert from "node:assert/strict";
import { isUnder, parseImage } from "#policy/model/image";
import { judgeOne } from "#policy/model/judge";
import { fromManifest } from "#policy/model/subject";
import { imageDigest } from "#policy/rules/images/image-digest";
import { imageRegistry } from "#policy/rules/images/image-registry";

const sha256 = `sha256:${"a".repeat(64)}`;
const sha512 = `sha512:${"b".repeat(128)}`;

function pod(...images: unknown[]) {
  const spec = { containers: images.map((image) => ({ name: "c", image })) };
  const [subject] = fromManifest({ apiVersion: "v1", kind: "Pod", spec });
  assert.ok(subject);
  return subject;
}

describe("an image reference", () => {
  const cases: Record<string, unknown[]> = {
    nginx: ["docker.io/library/nginx", false, undefined, undefined],
    "nginx:1": ["docker.io/library/nginx", false, "1", undefined],
    "team/app": ["docker.io/team/app", false, undefined, undefined],
    "docker.io/nginx": ["docker.io/library/nginx", true, undefined, undefined],
    "index.docker.io/nginx:1": ["docker.io/library/nginx", true, "1", undefined],
    "registry-1.docker.io/team/app": ["docker.io/team/app", true, undefined, undefined],
    "localhost/app:v1": ["localhost/app", true, "v1", undefined],
    "REG.io/app:V1.2_3-x": ["reg.io/app", true, "V1.2_3-x", undefined],
    "reg:5000/a/b__c/d--e:1": ["reg:5000/a/b__c/d--e", true, "1", undefined],
    "[::1]:5000/app": ["[::1]:5000/app", true, undefined, undefined],
    [`reg.io/app@${sha256}`]: ["reg.io/app", true, undefined, sha256],
    [`reg.io/app:1@${sha256}`]: ["reg.io/app", true, "1", sha256],
  };
  for (const [reference, [name, hostNamed, tag, digest]] of Object.entries(cases)) {
    it(`${reference} is read in its parts`, () => {
      const host = `${name}`.slice(0, `${name}`.indexOf("/"));
      assert.deepEqual(parseImage(reference), { host, hostNamed, name, tag, digest });
    });
  }

  it("is none where no runtime would pull it", () => {
    const wrong = ["", "App", "reg.io/App", "reg.io/", "/app", "reg.io/../app", "a b", "app:"];
    const evil = ["reg.io@evil.io/app", "reg.io/app@evil", "app@sha256:12", ":1", "-.io:x/a", 7];
    for (const each of [...wrong, ...evil, null])
      assert.equal(parseImage(each), undefined, `${each}`);
  });

  it("belongs to a registry or a folder of it, never to a mere beginning of its name", () => {
    const under = (reference: string, prefix: unknown) => {
      const image = parseImage(reference);
      assert.ok(image);
      return isUnder(image, prefix);
    };
    for (const prefix of ["reg.io", "reg.io/", "Reg.IO", "reg.io/a", "reg.io/a//", "reg.io/a/b"]) {
      assert.ok(under("reg.io/a/b:1", prefix), prefix);
    }
    for (const prefix of ["reg.i", "reg.io/b", "reg.io/a/b/c", "reg.io:5000", "a", "/", "", 7]) {
      assert.ok(!under("reg.io/a/b:1", prefix), `${prefix}`);
    }
    assert.ok(!under("reg.io.evil/a/b", "reg.io"));
    assert.ok(!under("reg.io:5000/a/b", "reg.io"));
    assert.ok(!under("reg.io/ab", "reg.io/a"));
    assert.ok(under("nginx", "docker.io"));
    assert.ok(under("nginx", "index.docker.io/library"));
    assert.ok(!under("team/app", "docker.io/library"));
  });
});

describe("a digest", () => {
  it("is whole, and of an algorithm that runtimes know", () => {
    const good = [`reg.io/a@${sha256}`, `reg.io/a:1@${sha512}`];
    const bad = ["reg.io/a:1", `reg.io/a@${sha256}0`, `reg.io/a@${sha256.slice(0, -1)}`, undefined];
    assert.deepEqual(judgeOne(imageDigest, pod(...good), {}), []);
    assert.deepEqual(
      judgeOne(imageDigest, pod(...bad), {}).map(({ path }) => path),
      bad.map((_, index) => `spec.containers[${index}].image`),
    );
    const [first] = judgeOne(imageDigest, pod("reg.io/a:1"), {});
    assert.match(first?.message ?? "", /^is "reg.io\/a:1", which no digest pins; append @sha256:/);
  });
});

describe("the registries allowed", () => {
  const messages = (image: unknown, registries?: unknown) =>
    judgeOne(imageRegistry, pod(image), { registries }).map(({ message }) => message);
  it("are all, where none is listed, but an image must name one", () => {
    assert.deepEqual(messages("any.io/app"), []);
    assert.deepEqual(messages("any.io/app", []), []);
    const [short] = messages("app:1");
    assert.equal(
      short,
      'is "app:1", which names no registry; write "docker.io/" or another before it',
    );
  });
  it("are those listed", () => {
    const listed = ["a.io", "b.io/team"];
    assert.deepEqual(messages("b.io/team/app:1", listed), []);
    assert.deepEqual(messages("b.io/other:1", listed), [
      'is "b.io/other:1"; take an image of a.io or b.io/team',
    ]);
    assert.match(messages("nginx", ["docker.io"])[0] ?? "", /names no registry/);
  });
  it("have no place for what is no image", () => {
    assert.match(messages("a.io/App", ["a.io"])[0] ?? "", /^is "a.io\/App"; write an image/);
    assert.match(messages(undefined)[0] ?? "", /write an image/);
  });
});
