import { podRule, violationIf } from "#model/rule";

export const noHostNetwork = podRule({
  id: "P3",
  name: "no-host-network",
  title: "No pod uses its node's network.",
  level: "mandatory",
  severity: "high",
  why: "Network policies do not apply there, and the node's own services answer on localhost.",
  fix: "Remove hostNetwork, and publish ports through a Service.",
  admission: () => ["!variables.podSpec.?hostNetwork.orValue(false)"],
  pod: ({ spec, path }) =>
    violationIf(
      spec.hostNetwork === true,
      `${path}.hostNetwork`,
      "is true; remove it and publish ports through a Service",
    ),
});
