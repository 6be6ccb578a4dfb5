import { everyContainer } from "#model/admission";
import { podRule, show, violationIf } from "#model/rule";

export const readOnlyRootFileSystem = podRule({
  id: "P21",
  name: "read-only-root-file-system",
  title: "No container can write to its root file system.",
  level: "mandatory",
  severity: "medium",
  why: "An intruder could replace the program's own files, and logs could fill the node's disk.",
  fix: "Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where it writes.",
  admission: () => [
    `variables.windows || ${everyContainer(
      "c.?securityContext.?readOnlyRootFilesystem.orValue(false)",
    )}`,
  ],
  container: ({ path, container }, { windows }) => {
    const found = container.securityContext?.readOnlyRootFilesystem;
    return violationIf(
      found !== true && !windows,
      `${path}.securityContext.readOnlyRootFilesystem`,
      `is ${show(found)}; write true, and mount an emptyDir where the program writes`,
    );
  },
});
