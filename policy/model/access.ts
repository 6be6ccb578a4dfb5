import { type KubernetesObject, list } from "#model/kubernetes";
import type { Context, ObjectRule, Violation } from "#model/rule";

/** One rule of a Role or ClusterRole. */
export interface Grant {
  apiGroups?: string[];
  resources?: string[];
  verbs?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

/** What a rule forbids to grant: these verbs on these resources of an API group. */
export interface Power {
  group: string;
  resources: readonly string[];
  verbs: readonly string[];
}

export interface BindingSubject {
  kind?: string;
  name?: string;
}

interface AccessObject extends KubernetesObject {
  rules?: Grant[];
  aggregationRule?: { clusterRoleSelectors?: unknown[] };
  roleRef?: { kind?: string; name?: string };
  subjects?: BindingSubject[];
}

type RoleRule = Omit<ObjectRule, "check" | "kinds"> & {
  grant(grant: Grant, path: string, context: Context): Violation[];
  role?(role: AccessObject): Violation[];
};

type BindingRule = Omit<ObjectRule, "check" | "kinds"> & {
  binding(binding: AccessObject, context: Context): Violation[];
};

const group = "rbac.authorization.k8s.io";

/** A rule over each thing that a Role or ClusterRole grants. */
export function roleRule({ grant: checkGrant, role: checkRole, ...rule }: RoleRule): ObjectRule {
  return {
    ...rule,
    kinds: [`${group}/Role`, `${group}/ClusterRole`],
    check(subject, context) {
      const body: AccessObject = subject.body;
      const found = checkRole ? context.attempt(() => checkRole(body)) : [];
      return found.concat(
        context.attempt(() =>
          Array.from({ length: list(body.rules).length }, (_, index) =>
            context.attempt(() =>
              checkGrant(body.rules?.[index] ?? {}, `rules[${index}]`, context),
            ),
          ).flat(),
        ),
      );
    },
  };
}

/** A rule over a RoleBinding or ClusterRoleBinding. */
export function bindingRule({ binding: checkBinding, ...rule }: BindingRule): ObjectRule {
  return {
    ...rule,
    kinds: [`${group}/RoleBinding`, `${group}/ClusterRoleBinding`],
    check: ({ body }, context) => context.attempt(() => checkBinding(body, context)),
  };
}

/**
 * The entries of `resources` by which something forbidden is granted by name, each with the verbs
 * that do it. What a wildcard among verbs or resources grants is for the rule about wildcards.
 */
export function named(grant: Grant, power: Power, path: string): { path: string; found: string }[] {
  const groups = list(grant.apiGroups);
  if (!groups.includes(power.group) && !groups.includes("*")) return [];
  const verbs = list(grant.verbs).filter((verb) => power.verbs.includes(verb));
  if (verbs.length === 0) return [];
  return list(grant.resources).flatMap((resource, index) =>
    power.resources.includes(resource)
      ? [
          {
            path: `${path}.resources[${index}]`,
            found: `is "${resource}" with ${verbs.join(", ")}`,
          },
        ]
      : [],
  );
}
