import { bindingRule } from "#model/access";
import { cel } from "#model/admission";
import { list } from "#model/kubernetes";

/** Users and groups that stand for everybody, or for one above all rules. */
const everybody = [
  "system:anonymous",
  "system:unauthenticated",
  "system:authenticated",
  "system:serviceaccounts",
  "system:masters",
];

export const noAnonymousAccess = bindingRule({
  id: "A9",
  name: "no-anonymous-access",
  title: "Rights are given to known users, groups and service accounts.",
  level: "mandatory",
  severity: "critical",
  why: "These groups hold whoever reaches the API server, every account there is, or bypass all checks.",
  fix: "Bind a group of your own, or the service account that needs the rights.",
  admission: () => [
    `object.?subjects.orValue([]).all(s, s.kind == "ServiceAccount" || !(s.name in ${cel(everybody)}))`,
  ],
  binding: ({ subjects }) =>
    list(subjects).flatMap((subject, index) =>
      subject?.kind !== "ServiceAccount" && everybody.includes(subject?.name ?? "")
        ? [
            {
              path: `subjects[${index}].name`,
              message: `is "${subject.name}"; name the group or service account that needs it`,
            },
          ]
        : [],
    ),
});
