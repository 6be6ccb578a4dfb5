import { everyContainer } from "#model/admission";
import { podRule, show, violationIf } from "#model/rule";

export const defaultProcMount = podRule({
  id: "P8",
  name: "default-proc-mount",
  title: "Every container keeps the default masks over /proc.",
  level: "mandatory",
  severity: "medium",
  why: "The masks hide the kernel's switches; unmasked, they can be read and partly written.",
  fix: "Remove procMount or set it to Default.",
  settings: {
    profile: {
      enum: ["baseline", "restricted"],
      default: "restricted",
      description: "Pod Security profile; baseline lets pods with hostUsers: false unmask /proc.",
    },
  },
  admission: ({ profile }) => [
    `${profile === "baseline"} && variables.userNamespace || ${everyContainer(
      'c.?securityContext.?procMount.orValue("Default") == "Default"',
    )}`,
  ],
  container: ({ path, container }, pod, { settings }) => {
    const found = container.securityContext?.procMount ?? "Default";
    const relaxed = settings.profile === "baseline" && pod.userNamespace;
    return violationIf(
      found !== "Default" && !relaxed,
      `${path}.securityContext.procMount`,
      `is ${show(found)}; remove it or write "Default"`,
    );
  },
});
