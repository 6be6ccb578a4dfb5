import assert from "node:assert/strict";
import { violationsIn } from "./support/objects.ts";

const workload = (kind: string, namespace = "n") => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "w", namespace },
  spec: { template: { spec: { containers: [{ name: "c" }] } } },
});

describe("a namespace", () => {
  const guard = (kind: string, spec: unknown, namespace?: string) => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "g", namespace },
    spec,
  });
  const found = (objects: object[]) => {
    const { paths, objects: named } = violationsIn(objects);
    return { R5: paths.R5 ?? [], R6: paths.R6 ?? [], named: named.R5?.[0] };
  };
  const good = [
    guard("ResourceQuota", { hard: { pods: 5 } }, "n"),
    guard(
      "LimitRange",
      { limits: [{ type: "PersistentVolumeClaim" }, { type: "Container" }] },
      "n",
    ),
  ];
  const pod = workload("StatefulSet");

  it("with pods has a quota and limits of its own", () => {
    assert.deepEqual(found([pod, ...good]), { R5: [], R6: [], named: undefined });
    const elsewhere = good.map((each) => ({ ...each, metadata: { name: "g", namespace: "m" } }));
    const path = ["metadata.namespace"];
    assert.deepEqual(found([pod, ...elsewhere]), { R5: path, R6: path, named: "StatefulSet/w" });
  });
  it("is named itself where it is part of the stack, once for all its pods", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };
    const path = ["metadata.name"];
    const named = "Namespace/n";
    assert.deepEqual(found([pod, pod, namespace]), { R5: path, R6: path, named });
  });
  it("without pods needs none", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };
    assert.deepEqual(found([namespace]), { R5: [], R6: [], named: undefined });
  });
  it("is called default where an object leaves it out", () => {
    const bare = workload("StatefulSet", "default");
    const guards = good.map((each) => ({ ...each, metadata: { name: "g" } }));
    assert.deepEqual(found([bare, ...guards]), { R5: [], R6: [], named: undefined });
  });
  it("is not guarded by what limits nothing", () => {
    const empty = [
      guard("ResourceQuota", { hard: {} }, "n"),
      guard("LimitRange", { limits: [null, { type: "PersistentVolumeClaim" }] }, "n"),
    ];
    const none = [guard("ResourceQuota", null, "n"), guard("LimitRange", {}, "n")];
    const path = ["metadata.namespace"];
    for (const guards of [empty, none]) {
      assert.deepEqual(found([pod, ...guards]), { R5: path, R6: path, named: "StatefulSet/w" });
    }
  });
});
