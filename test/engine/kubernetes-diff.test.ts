import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { currentState } from "#local/engine/providers/kubernetes/current";
import { diffObjects } from "#local/engine/providers/kubernetes/diff";
import { isProps, type Props, Secret, UNKNOWN, type Value } from "#local/engine/value";

const may = { configMaps: false, secrets: false };
const diff = (type: string, olds: Props, news: Props, outputs: Props = {}, mutable = may) =>
  diffObjects(`kubernetes:${type}`, olds, outputs, news, mutable);
const object = (apiVersion: string, kind: string, more: Props): Props => ({
  apiVersion,
  kind,
  metadata: { name: "a", namespace: "n" },
  ...more,
});

/** `value` with `item` at the dotted `path`. */
const set = (value: Props, path: string, item: Value): Props => {
  const [step = "", ...rest] = path.split(".");
  const inner = value[step];
  return {
    ...value,
    [step]: rest.length === 0 ? item : set(isProps(inner) ? inner : {}, rest.join("."), item),
  };
};

describe("the Kubernetes diff", () => {
  it("replaces what the API server would not change in place, and only that", () => {
    const cases: [string, string, string, boolean][] = [
      ["apps/v1", "Deployment", "spec.selector", true],
      ["apps/v1", "Deployment", "spec.replicas", false],
      ["apps/v1", "StatefulSet", "spec.serviceName", true],
      ["apps/v1", "StatefulSet", "spec.volumeClaimTemplates", true],
      ["apps/v1", "StatefulSet", "spec.template", false],
      ["apps/v1", "DaemonSet", "spec.selector", true],
      ["batch/v1", "Job", "spec.template", true],
      ["batch/v1", "Job", "spec.backoffLimit", false],
      ["batch/v1", "CronJob", "spec.schedule", false],
      ["v1", "Pod", "spec.containers", true],
      ["v1", "Pod", "spec.tolerations", false],
      ["v1", "PersistentVolumeClaim", "spec.storageClassName", true],
      ["v1", "PersistentVolumeClaim", "spec.resources", false],
      ["v1", "PersistentVolume", "spec.hostPath", true],
      ["v1", "PersistentVolume", "spec.capacity", false],
      ["v1", "Service", "spec.clusterIP", true],
      ["v1", "Service", "spec.type", false],
      ["v1", "ConfigMap", "data", true],
      ["v1", "Secret", "type", true],
      ["v1", "ServiceAccount", "metadata.labels", false],
      ["v1", "ServiceAccount", "metadata.namespace", true],
      ["rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef", true],
      ["rbac.authorization.k8s.io/v1", "RoleBinding", "subjects", false],
      ["storage.k8s.io/v1", "StorageClass", "provisioner", true],
    ];
    for (const [apiVersion, kind, path, replaces] of cases) {
      const one = set(object(apiVersion, kind, {}), path, "one");
      const two = set(object(apiVersion, kind, {}), path, "two");
      const found = diff(`${apiVersion}:${kind}`, one, two);
      assert.deepEqual(found.replaceKeys, replaces ? [path] : [], `${kind} ${path}`);
      assert.ok(found.changes);
    }
  });

  it("deletes before it replaces only an object that keeps the name that the program gave", () => {
    const map = (metadata: Props, v: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { v },
    });
    const auto = { name: "a-1", annotations: { "pulumi.com/autonamed": "true" } };
    const dbr = (a: Props, b: Props) =>
      diff("core/v1:ConfigMap", map(a, "1"), map(b, "2")).deleteBeforeReplace;
    assert.equal(dbr({ name: "a" }, { name: "a" }), true);
    assert.equal(dbr({ name: "a" }, { name: "b" }), false);
    assert.equal(dbr(auto, auto), false);
    // Also where it is the program that wants the replacement.
    const same = map({ name: "a" }, "1");
    assert.equal(diff("core/v1:ConfigMap", same, same).deleteBeforeReplace, true);
  });

  it("updates ConfigMaps and Secrets in place where the provider may, unless they are immutable", () => {
    const both = { configMaps: true, secrets: true };
    const map = (v: string, more: Props = {}) =>
      object("v1", "ConfigMap", { data: { v }, ...more });
    const frozen = { immutable: true };
    assert.deepEqual(diff("core/v1:ConfigMap", map("1"), map("2"), {}, both).replaceKeys, []);
    assert.deepEqual(
      diff("core/v1:ConfigMap", map("1", frozen), map("2", frozen), {}, both).replaceKeys,
      ["data.v"],
    );
    const secret = (type: string) => object("v1", "Secret", { type });
    assert.deepEqual(diff("core/v1:Secret", secret("a"), secret("b"), {}, both).replaceKeys, [
      "type",
    ]);
  });

  it("counts unknowns as changes, secrecy as none, and default as no namespace", () => {
    const dep = (replicas: Value) => object("apps/v1", "Deployment", { spec: { replicas } });
    assert.ok(diff("apps/v1:Deployment", dep(1), dep(UNKNOWN)).changes);
    assert.ok(!diff("apps/v1:Deployment", dep(1), dep(new Secret(1))).changes);
    const bare = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
    const placed = { ...bare, metadata: { name: "a", namespace: "default" } };
    assert.ok(!diff("core/v1:Pod", bare, placed).changes);
  });

  it("runs an unready Job again that asks for it", () => {
    const job = object("batch/v1", "Job", {
      metadata: { name: "a", annotations: { "pulumi.com/replaceUnready": "true" } },
    });
    const status = (type: string) => ({ status: { conditions: [{ type, status: "True" }] } });
    assert.deepEqual(diff("batch/v1:Job", job, job, status("Failed")).replaceKeys, ["status"]);
    assert.equal(diff("batch/v1:Job", job, job, status("Complete")).changes, false);
  });

  it("names the changed leaves", () => {
    const pod = (image: string, note: string) =>
      object("apps/v1", "Deployment", {
        metadata: { name: "a", namespace: "n", annotations: { "x.io/note": note } },
        spec: { template: { spec: { containers: [{ name: "c", image }] } } },
      });
    assert.deepEqual(diff("apps/v1:Deployment", pod("a", "1"), pod("b", "2")).detailed, {
      'metadata.annotations["x.io/note"]': { kind: "update", inputDiff: false },
      "spec.template.spec.containers[0].image": { kind: "update", inputDiff: false },
    });
  });
});

describe("drift", () => {
  const inputs = object("apps/v1", "Deployment", {
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ name: "c", image: "i" }], volumes: [] } },
    },
  });
  const live = (replicas: number, containers: Value[], metadata: Props = {}): Props =>
    object("apps/v1", "Deployment", {
      metadata: { name: "a", namespace: "n", uid: "u", ...metadata },
      spec: { replicas, revisionHistoryLimit: 10, template: { spec: { containers } } },
      status: { readyReplicas: 1 },
    });
  const container = { name: "c", image: "i", imagePullPolicy: "Always" };
  const recorded = live(2, [container]);
  const state = (now: Props) =>
    currentState(
      {
        urn: "urn",
        type: "kubernetes:apps/v1:Deployment",
        name: "a",
        id: "n/a",
        inputs,
        outputs: recorded,
        status: () => {},
        signal: new AbortController().signal,
      },
      now,
    );

  it("is none where the server filled in, rewrote or dropped what it was given", () => {
    assert.equal(state(live(2, [container])).drifted, false);
  });

  it("is none where others added labels, annotations or containers", () => {
    const injected = [{ name: "sidecar", image: "s" }, container];
    assert.equal(state(live(2, injected, { labels: { by: "others" } })).drifted, false);
  });

  it("is a field that the inputs set and that has another value now", () => {
    const found = state(live(3, [{ ...container, image: "other" }]));
    assert.equal(found.drifted, true);
    const { spec } = found.inputs as { spec: Props };
    assert.equal(spec.replicas, 3);
    assert.deepEqual(spec.template, {
      spec: { containers: [{ name: "c", image: "other" }], volumes: [] },
    });
  });

  it("is none where an autoscaler scaled, but is where a person did", () => {
    const by = (manager: string) => ({ managedFields: [{ manager, subresource: "scale" }] });
    assert.equal(state(live(5, [container], by("kube-controller-manager"))).drifted, false);
    assert.equal(state(live(5, [container], by("kubectl"))).drifted, true);
  });
});

describe("the diff of a state that the real engine wrote", () => {
  const file = join(import.meta.dirname, "../fixtures/engine-sample/checkpoint.json");
  interface Recorded {
    urn: string;
    type: string;
    inputs: Props;
    outputs: Props;
  }
  const SIGNATURE = "4dabf18193072939515e22adb298388d";
  const revive = (_key: string, value: Props): Value =>
    value !== null && typeof value === "object" && SIGNATURE in value
      ? new Secret({ password: "aHVudGVyMg==" })
      : value;
  const checkpoint = JSON.parse(readFileSync(file, "utf8"), revive);
  const resources = (checkpoint.checkpoint.latest.resources as Recorded[]).filter(
    (resource) => resource.type.startsWith("kubernetes:") && resource.inputs,
  );
  const named = (end: string) => {
    const found = resources.find((resource) => resource.urn.endsWith(end));
    assert.ok(found, end);
    return found;
  };

  it("is empty for every object when the program stays the same", () => {
    assert.equal(resources.length, 11);
    for (const { type, inputs, outputs, urn } of resources) {
      const found = diffObjects(type, outputs.__inputs as Props, outputs, inputs, may);
      assert.deepEqual(found.detailed, {}, urn);
    }
  });

  it("shows no drift when the live object is the recorded one", () => {
    for (const { urn, type, inputs, outputs } of resources) {
      const request = { urn, type, name: "", id: "", inputs, outputs };
      const operation = { status: () => {}, signal: new AbortController().signal };
      assert.equal(currentState({ ...request, ...operation }, outputs).drifted, false, urn);
    }
  });

  it("replaces the auto-named ConfigMap, create first, when its data changes", () => {
    const { type, inputs, outputs } = named("::autonamed");
    const found = diffObjects(type, inputs, outputs, { ...inputs, data: { k: "v2" } }, may);
    assert.deepEqual(found, {
      changes: true,
      replaceKeys: ["data.k"],
      deleteBeforeReplace: false,
      detailed: { "data.k": { kind: "update-replace", inputDiff: false } },
    });
  });

  it("updates the Deployment in place when its replicas change", () => {
    const { type, inputs, outputs } = named("Deployment::web");
    const found = diffObjects(type, inputs, outputs, set(inputs, "spec.replicas", 2), may);
    assert.deepEqual(found.detailed, { "spec.replicas": { kind: "update", inputDiff: false } });
    assert.deepEqual(found.replaceKeys, []);
  });
});
