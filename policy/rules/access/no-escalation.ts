import { type Grant, roleRule } from "#model/access";
import { everyGrant } from "#model/admission";
import { list } from "#model/kubernetes";
import type { Violation } from "#model/rule";

export const noEscalation = roleRule({
  id: "A6",
  name: "no-escalation",
  title: "No role lets its holder raise his own rights, or act as somebody else.",
  level: "mandatory",
  severity: "critical",
  why: "The verbs escalate, bind and impersonate make any role, however small, as strong as the strongest.",
  fix: "Leave the verb out; let administrators grant roles.",
  admission: () => [
    everyGrant(`g.?verbs.orValue([]).all(v, !v.matches("^impersonate(-on)?(:|$)") &&
      !(v in ["escalate", "bind"] &&
        g.?apiGroups.orValue([]).exists(x, x in ["rbac.authorization.k8s.io", "*"]) &&
        g.?resources.orValue([]).exists(x, x in ["roles", "clusterroles", "*"])))`),
  ],
  grant: (grant, path) =>
    list(grant.verbs).flatMap((verb, index): Violation[] => {
      const message = `is "${verb}"; leave it out`;
      return raises(String(verb), grant) ? [{ path: `${path}.verbs[${index}]`, message }] : [];
    }),
});

/** Elsewhere than on roles, escalate and bind are verbs that some operator made up. */
function raises(verb: string, { apiGroups, resources }: Grant) {
  // Also the forms with a suffix: "impersonate:user-info", "impersonate-on:user-info:list".
  if (/^impersonate(-on)?(:|$)/.test(verb)) return true;
  if (verb !== "escalate" && verb !== "bind") return false;
  const groups = ["rbac.authorization.k8s.io", "*"];
  return (
    list(apiGroups).some((group) => groups.includes(group)) &&
    list(resources).some((resource) => ["roles", "clusterroles", "*"].includes(resource))
  );
}
