import assert from "node:assert/strict";
import fc from "fast-check";
import { rules } from "#policy/rules/all";
import { breaks } from "./support/breaks.ts";
import { compliantPod, container, kinds, violations, violationsOf } from "./support/objects.ts";

const podPrefixes: Record<string, string> = {
  Pod: "",
  PodTemplate: "template.",
  CronJob: "spec.jobTemplate.spec.template.",
  "old CronJob": "spec.jobTemplate.spec.template.",
};

describe("rules about pods", () => {
  for (const [kind, wrap] of Object.entries(kinds)) {
    const prefix = podPrefixes[kind] ?? "spec.template.";

    it(`find nothing wrong with a compliant ${kind}`, () => {
      assert.deepEqual(violations(wrap(compliantPod())), {});
    });

    it(`find each thing wrong with a ${kind}, and name its field`, () => {
      for (const { what, ids, path, apply } of breaks) {
        const pod = compliantPod();
        apply(pod);
        const found = violations(wrap(pod));
        assert.deepEqual(Object.keys(found).sort(), [...ids].sort(), what);
        assert.equal(found[ids[0] as string]?.[0], prefix + path, what);
      }
    });
  }

  it("are all broken by some example", () => {
    const broken = new Set(breaks.flatMap(({ ids }) => ids));
    const others = ["H1", "H2", "K5", "U2", "U4"];
    assert.deepEqual(
      rules
        .map(({ id }) => id)
        .filter((id) => !broken.has(id))
        .sort(),
      others,
    );
  });

  it("give the same verdict whatever kind the pod is wrapped in, and in whatever order it lists its containers", () => {
    const anyBreaks = fc.subarray(breaks);
    const anyKind = fc.constantFrom(...Object.keys(kinds).filter((kind) => kind !== "Pod"));
    fc.assert(
      fc.property(anyBreaks, anyKind, fc.boolean(), (chosen, kind, reverse) => {
        const pod = compliantPod();
        for (const { apply } of chosen) apply(pod);
        const bare = violations(kinds.Pod?.(pod));
        if (reverse) pod.spec.containers?.reverse();
        if (reverse)
          [pod.spec.initContainers, pod.spec.containers] = [
            pod.spec.containers,
            pod.spec.initContainers,
          ];
        assert.deepEqual(Object.keys(violations(kinds[kind]?.(pod))), Object.keys(bare));
      }),
      { numRuns: 200 },
    );
  });

  it("look at ephemeral containers too, which can't have resources", () => {
    const pod = compliantPod();
    pod.spec.ephemeralContainers = [{ ...container("shell"), image: "busybox", resources: {} }];
    assert.deepEqual(violations(kinds.Pod?.(pod)), { I1: ["spec.ephemeralContainers[0].image"] });
  });

  it("judge a missing spec like an empty one", () => {
    const found = violations({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
    });
    const ids = ["P12", "P13", "P14", "P19", "P21", "P27", "I1", "R1", "H2"];
    assert.deepEqual(Object.keys(found), ids);
    assert.deepEqual(found.P14, ["spec.template.spec.containers[0].securityContext.runAsNonRoot"]);
  });

  it("are not fooled by null where a manifest leaves a field empty", () => {
    const nothing = { containers: null, volumes: null, securityContext: null, affinity: null };
    const object = { apiVersion: "v1", kind: "Pod", metadata: null, spec: nothing };
    assert.ok("P14" in violations(object));
  });

  it("leave objects of other API groups alone", () => {
    const object = { apiVersion: "example.com/v1", kind: "Deployment", spec: {} };
    assert.deepEqual(violations(object), {});
  });

  it("exempt Windows pods from what Windows does not have", () => {
    const pod = compliantPod();
    pod.spec.os = { name: "windows" };
    pod.spec.securityContext = { runAsNonRoot: true };
    for (const each of [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]) {
      each.securityContext = {};
    }
    assert.deepEqual(violations(kinds.Pod?.(pod)), {});
  });

  it("let a pod with a user namespace of its own run as root, but not unmask /proc", () => {
    const pod = compliantPod();
    pod.spec.hostUsers = false;
    pod.spec.securityContext = { ...pod.spec.securityContext, runAsNonRoot: false, runAsUser: 0 };
    assert.deepEqual(violations(kinds.Pod?.(pod)), {});
    pod.spec.containers?.push({ ...container("p"), securityContext: { procMount: "Unmasked" } });
    assert.ok("P8" in violations(kinds.Pod?.(pod)));
  });

  it("take a volume without a source for the emptyDir that it becomes", () => {
    const pod = compliantPod();
    pod.spec.volumes = [{ name: "scratch" }];
    assert.deepEqual(violations(kinds.Pod?.(pod)), {});
  });

  it("accept a digest in place of a tag, and resources of the whole pod", () => {
    const pod = compliantPod();
    pod.spec.resources = pod.spec.containers?.[0]?.resources;
    pod.spec.containers = [
      {
        ...container("web"),
        image: `registry.example/web@sha256:${"0".repeat(64)}`,
        resources: {},
      },
    ];
    assert.deepEqual(violations(kinds.Pod?.(pod)), {});
  });
});

describe("rules about Pulumi resources", () => {
  it("read a kind from the resource's type, its Patch and List forms included", () => {
    const pod = compliantPod();
    pod.spec.hostPID = true;
    const inputs = kinds.Deployment?.(pod) ?? {};
    const path = "spec.template.spec.hostPID";
    for (const type of [
      "apps/v1:Deployment",
      "apps/v1:DeploymentPatch",
      "apps/v1beta2:Deployment",
    ]) {
      assert.deepEqual(violationsOf(`kubernetes:${type}`, inputs), { P2: [path] }, type);
    }
    const items = [inputs, { ...inputs, apiVersion: undefined, kind: undefined }];
    assert.deepEqual(violationsOf("kubernetes:apps/v1:DeploymentList", { items }), {
      P2: [path, path],
    });
    assert.deepEqual(violationsOf("kubernetes:core/v1:Pod", { spec: pod.spec }), {
      P2: ["spec.hostPID"],
    });
  });

  it("do not hold against a patch what it leaves out, unless it names a container", () => {
    const patch = (spec: object) =>
      violationsOf("kubernetes:apps/v1:DeploymentPatch", { metadata: { name: "web" }, spec });
    assert.deepEqual(patch({ replicas: 3 }), {});
    const containers = [{ ...container("web"), resources: {} }];
    assert.equal(patch({ template: { spec: { containers } } }).R1?.length, 4);
  });
});
