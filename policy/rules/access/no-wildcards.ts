import { type Grant, roleRule } from "#model/access";
import { everyGrant } from "#model/admission";
import { list } from "#model/kubernetes";

const fields = ["apiGroups", "resources", "verbs"] as const;

export const noWildcards = roleRule({
  id: "A1",
  name: "no-wildcard-access",
  title: "Roles name the groups, resources, verbs and paths that they grant.",
  level: "mandatory",
  severity: "critical",
  why: "A wildcard grants what exists and whatever is added later: secrets, exec, the roles themselves.",
  fix: "List the API groups, resources, verbs and paths that are needed.",
  admission: () => [
    everyGrant(`[g.?apiGroups, g.?resources, g.?verbs].all(f,
      f.orValue([]).all(x, !x.contains("*")))`),
    everyGrant('!g.?nonResourceURLs.orValue([]).exists(x, x in ["*", "/*"])'),
    `object.?aggregationRule.?clusterRoleSelectors.orValue([]).all(s,
      s.?matchLabels.orValue({}).size() + s.?matchExpressions.orValue([]).size() > 0)`,
  ],
  grant: (grant, path) => [
    ...fields.flatMap((field) => wild(grant, field, path, (entry) => entry.includes("*"))),
    // A subtree such as "/metrics/*" is a name; these two are all paths.
    ...wild(grant, "nonResourceURLs", path, (entry) => entry === "*" || entry === "/*"),
  ],
  role: ({ aggregationRule }) =>
    list(aggregationRule?.clusterRoleSelectors).flatMap((selector, index) =>
      selectsAll(selector)
        ? [
            {
              path: `aggregationRule.clusterRoleSelectors[${index}]`,
              message: "selects every ClusterRole; name a label of the ones to add up",
            },
          ]
        : [],
    ),
});

function wild(grant: Grant, field: keyof Grant, path: string, isWild: (entry: string) => boolean) {
  return list(grant[field]).flatMap((entry, index) =>
    isWild(String(entry))
      ? [{ path: `${path}.${field}[${index}]`, message: `is "${entry}"; name what is needed` }]
      : [],
  );
}

function selectsAll(selector: unknown) {
  const { matchLabels, matchExpressions } = (selector ?? {}) as Record<string, object | undefined>;
  return Object.keys(matchLabels ?? {}).length + Object.keys(matchExpressions ?? {}).length === 0;
}
