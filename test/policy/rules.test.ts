import assert from "node:assert/strict";
import fc from "fast-check";
import type { Container } from "#policy/model/kubernetes";
import {
  compliantPod,
  kinds,
  podExamples,
  podPrefix,
  violations,
  violationsOf,
} from "./support/objects.ts";

/** What is wrong with a kind itself, whatever its pod. */
const wrongKinds: Record<string, string[]> = {
  Pod: ["H13"],
  ReplicaSet: ["H13"],
  ReplicationController: ["H13"],
  "old Deployment": ["M5"],
  "old CronJob": ["M5"],
};

/** Rules that judge how a workload runs or rolls, or its first container: kind or order matter. */
const aboutKinds = ["I7", "B1", "B2", "B6", "H1", "H2", "H3", "H13", "M5"];

const container = (name: string): Container => ({
  ...(compliantPod().spec.containers[0] as Container),
  name,
});

/** The ids of the rules about the pod alone that an object violates. */
const verdict = (object: unknown) =>
  Object.keys(violations(object)).filter((id) => !aboutKinds.includes(id));

describe("rules about pods", () => {
  for (const [kind, wrap] of Object.entries(kinds)) {
    it(`find nothing wrong with a compliant pod in a ${kind}`, () => {
      assert.deepEqual(Object.keys(violations(wrap(compliantPod()))), wrongKinds[kind] ?? []);
    });

    it(`find each thing wrong with a ${kind}, and name its field`, () => {
      for (const { what, rules, path, breakPod } of podExamples) {
        const pod = compliantPod();
        breakPod(pod);
        const found = violations(wrap(pod));
        const expected = [...rules, ...(wrongKinds[kind] ?? [])];
        assert.deepEqual(Object.keys(found).sort(), expected.sort(), what);
        assert.equal(found[rules[0] as string]?.[0], podPrefix(kind) + path, what);
      }
    });
  }

  it("give the same verdict whatever kind the pod is wrapped in, and in whatever order it lists its containers", () => {
    const anyExamples = fc.subarray(podExamples);
    const anyKind = fc.constantFrom(...Object.keys(kinds).filter((kind) => kind !== "Pod"));
    fc.assert(
      fc.property(anyExamples, anyKind, fc.boolean(), (chosen, kind, reverse) => {
        const pod = compliantPod();
        for (const { breakPod } of chosen) breakPod(pod);
        const bare = verdict(kinds.Pod?.(pod));
        if (reverse) pod.spec.containers?.reverse();
        if (reverse)
          [pod.spec.initContainers, pod.spec.containers] = [
            pod.spec.containers,
            pod.spec.initContainers,
          ];
        assert.deepEqual(verdict(kinds[kind]?.(pod)), bare);
      }),
      { numRuns: 200 },
    );
  });

  it("look at ephemeral containers too, which can't have resources", () => {
    const pod = compliantPod();
    const path = ["template.spec.ephemeralContainers[0].image"];
    pod.spec.ephemeralContainers = [{ ...container("shell"), image: "busybox", resources: {} }];
    assert.deepEqual(violations(kinds.PodTemplate?.(pod)), { I1: path, I2: path, I3: path });
  });

  it("judge a missing spec like an empty one", () => {
    const found = violations({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
    });
    const ids = [
      "P12",
      "P13",
      "P14",
      "P17",
      "P19",
      "P21",
      "P27",
      "P28",
      "I1",
      "I2",
      "I3",
      "R1",
      "R3",
      "B1",
      "H2",
      "H3",
      "H14",
      "M1",
      "M4",
    ];
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
    assert.deepEqual(violations(kinds.PodTemplate?.(pod)), {});
  });

  it("let a pod with a user namespace of its own run as root, but not unmask /proc", () => {
    const pod = compliantPod();
    pod.spec.hostUsers = false;
    pod.spec.securityContext = { ...pod.spec.securityContext, runAsNonRoot: false, runAsUser: 0 };
    assert.deepEqual(violations(kinds.PodTemplate?.(pod)), {});
    pod.spec.containers?.push({ ...container("p"), securityContext: { procMount: "Unmasked" } });
    assert.ok("P8" in violations(kinds.PodTemplate?.(pod)));
  });

  it("take a volume without a source for the emptyDir that it becomes", () => {
    const pod = compliantPod();
    pod.spec.volumes = [{ name: "scratch" }];
    const path = ["template.spec.volumes[0].emptyDir.sizeLimit"];
    assert.deepEqual(violations(kinds.PodTemplate?.(pod)), { R3: path });
  });

  it("accept a digest in place of a tag, and resources of the whole pod", () => {
    const pod = compliantPod();
    pod.spec.resources = pod.spec.containers?.[0]?.resources;
    const disk = { "ephemeral-storage": "1Mi" };
    pod.spec.containers = [
      {
        ...container("web"),
        image: `registry.example/web@sha256:${"0".repeat(64)}`,
        resources: { requests: disk, limits: disk },
      },
    ];
    assert.deepEqual(violations(kinds.PodTemplate?.(pod)), {});
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
      const { M5: _served, ...found } = violationsOf(`kubernetes:${type}`, inputs);
      assert.deepEqual(found, { P2: [path] }, type);
    }
    const items = [inputs, { ...inputs, apiVersion: undefined, kind: undefined }];
    assert.deepEqual(violationsOf("kubernetes:apps/v1:DeploymentList", { items }), {
      P2: [path, path],
    });
    const template = kinds.PodTemplate?.(pod) ?? {};
    assert.deepEqual(violationsOf("kubernetes:core/v1:PodTemplate", template), {
      P2: ["template.spec.hostPID"],
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
