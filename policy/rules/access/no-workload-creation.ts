import { named, type Power, roleRule } from "#model/access";
import { everyGrant, withoutPower } from "#model/admission";

const making = (group: string, ...resources: string[]): Power => ({
  group,
  resources,
  verbs: ["create"],
});

const powers = [
  making("", "pods", "replicationcontrollers", "persistentvolumes"),
  making("apps", "deployments", "statefulsets", "daemonsets", "replicasets"),
  making("batch", "jobs", "cronjobs"),
];

export const noWorkloadCreation = roleRule({
  id: "A4",
  name: "no-workload-creation",
  title: "No role creates pods, what runs pods, or persistent volumes.",
  level: "mandatory",
  severity: "medium",
  why: "A new pod may mount every Secret and act as every account of its namespace; a new volume may be a folder of the node.",
  fix: "Leave creation to the deployment's own identity, outside of the stack.",
  admission: () => [everyGrant(powers.map(withoutPower).join(" && "))],
  grant: (grant, path) =>
    powers
      .flatMap((power) => named(grant, power, path))
      .map(({ path, found }) => ({ path, message: `${found}; leave it to who deploys` })),
});
