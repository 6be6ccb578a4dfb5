// The program that the engines run in the benchmark: the objects, one resource each.
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { benchObjects } from "#test/bench/engine/objects";

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
for (const object of benchObjects(config.require("namespace"), config.require("image"))) {
  const Class = kinds[object.kind];
  if (Class === undefined) throw new Error(`the benchmark has no class for ${object.kind}`);
  new Class(`${object.kind}-${object.metadata.name}`.toLowerCase(), object as never);
}
