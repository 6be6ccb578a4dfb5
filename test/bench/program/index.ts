// The program that the engines run in a benchmark: the objects of a file, one resource each, or a
// chart.
import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { BenchObject } from "#test/bench/objects";

// Each class wants its own arguments; the objects come from one list for all tools.
type Kind = new (name: string, args: never) => pulumi.Resource;
const kinds: Record<string, Kind> = {
  ConfigMap: k8s.core.v1.ConfigMap,
  Secret: k8s.core.v1.Secret,
  ServiceAccount: k8s.core.v1.ServiceAccount,
  Service: k8s.core.v1.Service,
  Deployment: k8s.apps.v1.Deployment,
  StatefulSet: k8s.apps.v1.StatefulSet,
  Role: k8s.rbac.v1.Role,
  RoleBinding: k8s.rbac.v1.RoleBinding,
};

const config = new pulumi.Config();
const chart = config.get("chart");
if (chart === undefined) {
  const objects = JSON.parse(readFileSync(config.require("objects"), "utf8")) as BenchObject[];
  for (const object of objects) {
    const Class = kinds[object.kind];
    if (Class === undefined) throw new Error(`the benchmark has no class for ${object.kind}`);
    new Class(`${object.kind}-${object.metadata.name}`.toLowerCase(), object as never);
  }
} else {
  new k8s.helm.v4.Chart("bench", { chart, namespace: config.require("namespace") });
}
