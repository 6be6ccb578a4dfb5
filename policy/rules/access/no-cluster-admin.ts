import { bindingRule } from "#model/access";
import { cel } from "#model/admission";
import { violationIf } from "#model/rule";

export const noClusterAdmin = bindingRule({
  id: "A2",
  name: "no-cluster-admin",
  title: "Nobody is bound to cluster-admin.",
  level: "mandatory",
  severity: "critical",
  why: "Whoever has it, or takes over a pod that has it, owns the cluster, or at least the namespace.",
  fix: "Bind a role that grants only what is needed.",
  settings: {
    roles: {
      type: "array",
      items: { type: "string" },
      default: ["cluster-admin"],
      description: "ClusterRoles that may not be bound; admin and edit are worth adding.",
    },
  },
  admission: ({ roles }) => [
    `object.roleRef.kind == "Role" ||
      !(object.roleRef.name in ${cel((roles as string[] | undefined) ?? ["cluster-admin"])})`,
  ],
  binding: ({ roleRef }, { settings }) => {
    const roles = (settings.roles as string[] | undefined) ?? ["cluster-admin"];
    const name = roleRef?.name ?? "";
    const bad = roleRef?.kind !== "Role" && roles.includes(name);
    return violationIf(bad, "roleRef.name", `is "${name}"; bind a role with what is needed`);
  },
});
