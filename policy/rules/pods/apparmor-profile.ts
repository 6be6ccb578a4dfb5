import { cel, everySecurityContext } from "#model/admission";
import type { SecurityContext } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

const annotationPrefix = "container.apparmor.security.beta.kubernetes.io/";

export const apparmorProfile = podRule({
  id: "P11",
  name: "apparmor-profile",
  title: "No container leaves its AppArmor profile.",
  level: "mandatory",
  severity: "medium",
  why: "Unconfined, a container may mount, trace and write where the default profile forbids it.",
  fix: "Remove the profile, or use RuntimeDefault or Localhost.",
  admission: () => [
    everySecurityContext(
      '!has(s.appArmorProfile) || s.appArmorProfile.type in ["RuntimeDefault", "Localhost"]',
    ),
    `variables.podMetadata.?annotations.orValue({}).all(k,
      !k.startsWith(${cel(annotationPrefix)}) ||
      variables.podMetadata.annotations[k].matches("^($|runtime/default$|localhost/)"))`,
  ],
  pod: ({ spec, path, metadata, metadataPath }) => [
    ...profile(spec.securityContext, path),
    ...Object.keys(metadata.annotations ?? {})
      .filter((key) => key.startsWith(annotationPrefix))
      .flatMap((key) => {
        const value = metadata.annotations?.[key] ?? "";
        return violationIf(
          value !== "" && value !== "runtime/default" && !value.startsWith("localhost/"),
          `${metadataPath}.annotations["${key}"]`,
          `is ${show(value)}; remove it or write "runtime/default"`,
        );
      }),
  ],
  container: ({ path, container }) => profile(container.securityContext, path),
});

function profile(context: SecurityContext | undefined, path: string) {
  if (!context?.appArmorProfile) return [];
  const { type } = context.appArmorProfile;
  return violationIf(
    type !== "RuntimeDefault" && type !== "Localhost",
    `${path}.securityContext.appArmorProfile.type`,
    `is ${show(type)}; write "RuntimeDefault" or "Localhost"`,
  );
}
