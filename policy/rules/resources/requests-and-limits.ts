import { everyOwnContainer } from "#model/admission";
import type { Resources } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

export const requestsAndLimits = podRule({
  id: "R1",
  name: "requests-and-limits",
  title: "Every container requests CPU and memory and has limits for both.",
  level: "mandatory",
  severity: "high",
  why: "Without requests the scheduler overfills nodes; without limits one pod starves the others.",
  fix: "Set resources.requests and resources.limits, each with cpu and memory.",
  admission: () => [
    everyOwnContainer(`["requests", "limits"].all(f, ["cpu", "memory"].all(r,
      c.?resources[?f][?r].orValue("0") != "0" ||
      variables.podSpec.?resources[?f][?r].orValue("0") != "0"))`),
  ],
  container: ({ path, group, container }, { spec }) => {
    // The API server refuses resources on ephemeral containers.
    if (group === "ephemeralContainers") return [];
    return (["requests", "limits"] as const).flatMap((field) =>
      (["cpu", "memory"] as const).flatMap((resource) => {
        const found = container.resources?.[field]?.[resource];
        const podWide = (spec.resources as Resources | undefined)?.[field]?.[resource];
        const example = resource === "cpu" ? "100m" : "128Mi";
        return violationIf(
          isNothing(found) && isNothing(podWide),
          `${path}.resources.${field}.${resource}`,
          `is ${show(found)}; write a quantity, such as ${example}`,
        );
      }),
    );
  },
});

function isNothing(quantity: string | number | undefined | null) {
  return quantity === undefined || quantity === null || Number.parseFloat(`${quantity}`) === 0;
}
