import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import { fromManifest, fromPulumi } from "#policy/model/subject";
import { noRootGroups } from "#policy/rules/pods/no-root-groups";
import { ownServiceAccount } from "#policy/rules/pods/own-service-account";
import { violationsIn } from "./support/objects.ts";

const container = (runAsGroup?: number | null) => ({
  name: "c",
  securityContext: { runAsGroup },
});

function pod(spec: object) {
  const [subject] = fromManifest({ apiVersion: "v1", kind: "Pod", spec });
  assert.ok(subject);
  return subject;
}

const groups = (spec: object) => judgeOne(noRootGroups, pod(spec), {});
const paths = (spec: object) => groups(spec).map(({ path }) => path);

describe("groups of a pod", () => {
  const own = "spec.containers[0].securityContext.runAsGroup";
  it("are the pod's where a container has none of its own", () => {
    const securityContext = { runAsGroup: 5 };
    assert.deepEqual(paths({ securityContext, containers: [{ name: "c" }, container(null)] }), []);
    assert.deepEqual(paths({ securityContext, containers: [container(0)] }), [own]);
  });
  it("are the container's where it has one, whatever the pod says", () => {
    assert.deepEqual(paths({ containers: [container(5)] }), []);
    assert.deepEqual(paths({ containers: [container(5), { name: "d" }] }), [
      "spec.containers[1].securityContext.runAsGroup",
    ]);
  });
  it("must be given by one of the two", () => {
    assert.deepEqual(paths({ containers: [{ name: "c" }] }), [own]);
    assert.match(groups({})[0]?.message ?? "", /^is missing; write a group such as 65532/);
  });
  it("are reported once where the pod says 0", () => {
    const securityContext = { runAsGroup: 0 };
    const found = groups({ securityContext, containers: [{ name: "c" }, { name: "d" }] });
    assert.deepEqual(
      found.map(({ path }) => path),
      ["spec.securityContext.runAsGroup"],
    );
    assert.match(found[0]?.message ?? "", /^is 0; write a group/);
  });
  it("may hold any number but 0 besides", () => {
    const allowed = { runAsGroup: 1, fsGroup: 1, supplementalGroups: [1, 2] };
    assert.deepEqual(paths({ securityContext: allowed }), []);
    const wrong = { runAsGroup: 1, fsGroup: 0, supplementalGroups: [1, 0] };
    assert.deepEqual(paths({ securityContext: wrong }), [
      "spec.securityContext.fsGroup",
      "spec.securityContext.supplementalGroups[1]",
    ]);
  });
  for (const [what, field] of [
    ["on Windows", { os: { name: "windows" } }],
    ["in a user namespace", { hostUsers: false }],
  ] as const) {
    it(`are not judged ${what}`, () => {
      const securityContext = { runAsGroup: 0, fsGroup: 0, supplementalGroups: [0] };
      assert.deepEqual(paths({ ...field, securityContext, containers: [container(0)] }), []);
    });
  }
});

describe("a pod's ServiceAccount", () => {
  const message = (spec: object) => judgeOne(ownServiceAccount, pod(spec), {})[0]?.message;
  it("is named by the current field", () => {
    assert.equal(message({ serviceAccountName: "web" }), undefined);
    assert.match(message({}) ?? "", /^is missing; write/);
    assert.match(message({ serviceAccountName: "" }) ?? "", /^is ""; write/);
    assert.match(message({ serviceAccount: "default" }) ?? "", /^is missing; write/);
    const old = message({ serviceAccount: "web" }) ?? "";
    assert.match(old, /^is missing, its old name serviceAccount is "web"; write/);
  });
  it("is not asked of a patch that says nothing of it", () => {
    const patched = (spec: object) => {
      const [subject] = fromPulumi("kubernetes:core/v1:PodPatch", { spec });
      assert.ok(subject);
      return judgeOne(ownServiceAccount, subject, {}).length;
    };
    assert.equal(patched({}), 0);
    assert.equal(patched({ serviceAccountName: "default" }), 1);
    assert.equal(patched({ containers: [{ name: "web" }] }), 1);
  });

  const account = (name: string, namespace?: string) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace },
  });
  const user = (serviceAccountName?: string, namespace?: string) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "user", namespace },
    spec: { serviceAccountName },
  });
  const missing = (...objects: object[]) => violationsIn(objects).paths.P29 ?? [];

  it("exists in the pod's own namespace", () => {
    assert.deepEqual(missing(account("web", "a"), user("web", "a")), []);
    assert.deepEqual(missing(account("web", "b"), user("web", "a")), ["spec.serviceAccountName"]);
    assert.deepEqual(missing(account("api", "a"), user("web", "a")), ["spec.serviceAccountName"]);
  });
  it("may leave out the namespace called default", () => {
    assert.deepEqual(missing(account("web"), user("web", "default")), []);
    assert.deepEqual(missing(account("web", "default"), user("web")), []);
  });
  it("need not be made where it is every namespace's own, or none is named", () => {
    assert.deepEqual(missing(user("default"), user(undefined), user("")), []);
  });
});
