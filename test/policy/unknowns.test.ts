import assert from "node:assert/strict";
import { type ResourceValidationArgs, unknownCheckingProxy } from "@pulumi/policy";
import { policiesOf } from "#policy/model/crossguard";
import { readable } from "#policy/model/readable";
import type { Rule } from "#policy/model/rule";
import { fromPulumi, nameOf } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { compliantPod, kinds } from "./support/objects.ts";

/** How Pulumi's protocol writes a string that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The messages of every policy about a Deployment as the policy host shows it in a preview. */
function preview(change: (pod: ReturnType<typeof compliantPod>) => void): Record<string, string[]> {
  const pod = compliantPod();
  change(pod);
  const args = {
    type: "kubernetes:apps/v1:Deployment",
    urn: "urn:pulumi:dev::mesh::kubernetes:apps/v1:Deployment::web",
    name: "web",
    props: unknownCheckingProxy(kinds.Deployment?.(pod)),
    getConfig: () => ({}),
    opts: { protect: false, ignoreChanges: [] },
  } as unknown as ResourceValidationArgs;
  const found: Record<string, string[]> = {};
  const active = rules.filter(({ level }) => level !== "disabled");
  for (const [index, policy] of policiesOf(active).entries()) {
    if (!("validateResource" in policy)) continue;
    const rule = active[index] as Rule;
    const messages: string[] = [];
    assert.ok(typeof policy.validateResource === "function");
    policy.validateResource(args, (message) => messages.push(String(message)));
    if (messages.length > 0) found[rule.id] = messages;
  }
  return found;
}

describe("a value that is not known in a preview", () => {
  it("is no violation where everything that rules read is known", () => {
    const found = preview(({ metadata }) => {
      Object.assign(metadata?.annotations ?? {}, { "checksum/config": unknown });
    });
    assert.deepEqual(found, {});
  });

  it("is reported with each rule that it blocks and its field", () => {
    const found = preview(({ spec }) => {
      Object.assign(spec.containers?.[0] ?? {}, { image: unknown });
    });
    assert.deepEqual(Object.keys(found), ["U4"]);
    const about =
      /^U4 Deployment mesh\/web: spec\.template\.spec\.containers\[0\]\.image is not known .* so (\S+ \S+)/;
    assert.deepEqual(
      found.U4?.map((message) => about.exec(message)?.[1]),
      ["I1 image-tag", "I2 image-digest", "I3 image-registry", "I7 version-label"],
    );
  });

  it("hides neither the violations of other rules nor those of other containers", () => {
    const found = preview(({ spec }) => {
      spec.hostPID = true;
      Object.assign(spec.initContainers?.[0] ?? {}, { image: unknown });
      Object.assign(spec.containers?.[1] ?? {}, { image: "web" });
    });
    assert.deepEqual(Object.keys(found), ["P2", "I1", "I2", "I3", "U4"]);
    assert.match(found.I1?.[0] ?? "", /containers\[1\]\.image is "web", which has no tag/);
  });

  it("hides no other container when a whole container is unknown", () => {
    const found = preview(({ spec }) => {
      Object.assign(spec, { containers: [unknown, { ...spec.containers?.[0], image: "web" }] });
    });
    assert.ok("I1" in found && "U4" in found);
  });

  it("is reported once for each rule where the whole pod is unknown", () => {
    const found = preview((pod) => Object.assign(pod, { spec: unknown }));
    assert.deepEqual(Object.keys(found), ["U4"]);
    assert.ok((found.U4?.length ?? 0) > 15);
    assert.equal(new Set(found.U4).size, found.U4?.length);
  });

  it("leaves a name's namespace known", () => {
    const metadata = unknownCheckingProxy({ name: unknown, namespace: "mesh" });
    const body = readable({ metadata });
    const [subject] = fromPulumi("kubernetes:networking.k8s.io/v1:NetworkPolicy", body);
    assert.ok(subject);
    assert.deepEqual(nameOf(subject), { namespace: "mesh", name: "" });
  });
});
