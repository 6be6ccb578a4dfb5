import { podRule, show, violationIf } from "#model/rule";

export const ownServiceAccount = podRule({
  id: "P28",
  name: "own-service-account",
  title: "Every pod names a ServiceAccount that is not its namespace's default.",
  level: "mandatory",
  severity: "medium",
  why: "What is granted to the default account is granted to every pod that comes without one.",
  fix: "Set serviceAccountName to a ServiceAccount made for this workload.",
  admission: () => ['!(variables.podSpec.?serviceAccountName.orValue("") in ["", "default"])'],
  pod: ({ spec, path, partial }) => {
    const name = spec.serviceAccountName;
    if (partial && name === undefined) return [];
    const old = spec.serviceAccount;
    const instead = old && old !== "default" ? `, its old name serviceAccount is ${show(old)}` : "";
    return violationIf(
      !name || name === "default",
      `${path}.serviceAccountName`,
      `is ${show(name)}${instead}; write the name of a ServiceAccount of the workload's own`,
    );
  },
});
