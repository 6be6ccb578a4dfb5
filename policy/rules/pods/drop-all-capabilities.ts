import { everyContainer } from "#model/admission";
import { list } from "#model/kubernetes";
import { mendable, mendContainers } from "#model/remedy";
import { podRule, show, violationIf } from "#model/rule";

export const dropAllCapabilities = podRule({
  id: "P19",
  name: "drop-all-capabilities",
  title: "Every container drops all capabilities and adds back NET_BIND_SERVICE at most.",
  level: "mandatory",
  severity: "high",
  why: "Even the default capabilities let root in a container change owners and forge packets.",
  fix: 'Set securityContext.capabilities.drop to ["ALL"].',
  admission: () => [
    `variables.windows || ${everyContainer(
      '"ALL" in c.?securityContext.?capabilities.?drop.orValue([])',
    )}`,
    `variables.windows || ${everyContainer(
      'c.?securityContext.?capabilities.?add.orValue([]).all(a, a == "NET_BIND_SERVICE")',
    )}`,
  ],
  container: ({ path, container }, { windows }) => {
    if (windows) return [];
    const { drop, add } = container.securityContext?.capabilities ?? {};
    const at = `${path}.securityContext.capabilities`;
    return [
      ...violationIf(!list(drop).includes("ALL"), `${at}.drop`, `is ${show(drop)}; write ["ALL"]`),
      ...list(add).flatMap((capability, index) =>
        violationIf(
          capability !== "NET_BIND_SERVICE",
          `${at}.add[${index}]`,
          `is ${show(capability)}; remove it, only "NET_BIND_SERVICE" may be added`,
        ),
      ),
    ];
  },
  /** Drops what nobody asked for; what is added stays, and stays a violation. */
  remediate(subject) {
    const spec = mendable(subject);
    if (!spec) return false;
    return mendContainers(spec, (container) => {
      const drop = list(container.securityContext?.capabilities?.drop);
      if (drop.includes("ALL")) return false;
      container.securityContext ??= {};
      container.securityContext.capabilities ??= {};
      container.securityContext.capabilities.drop ??= [];
      container.securityContext.capabilities.drop.push("ALL");
      return true;
    });
  },
});
