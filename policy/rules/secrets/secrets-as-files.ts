import { everyContainer } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, type Violation } from "#model/rule";

export const secretsAsFiles = podRule({
  id: "K1",
  name: "secrets-as-files",
  title: "Containers read secrets from files, not from environment variables.",
  level: "mandatory",
  severity: "medium",
  why: "Every child process inherits a variable, and crash reports and debug pages print it.",
  fix: "Mount the Secret as a read-only volume, and give the program the file's path.",
  admission: () => [
    everyContainer("c.?env.orValue([]).all(e, !e.?valueFrom.?secretKeyRef.hasValue())"),
    everyContainer("c.?envFrom.orValue([]).all(e, !has(e.secretRef))"),
  ],
  container: ({ path, container }): Violation[] => {
    const single = list(container.env).flatMap((variable, index) => {
      const secret = variable?.valueFrom?.secretKeyRef;
      return secret ? [at(`${path}.env[${index}].valueFrom.secretKeyRef`, secret.name)] : [];
    });
    const whole = list(container.envFrom).flatMap((source, index) => {
      const secret = source?.secretRef;
      return secret ? [at(`${path}.envFrom[${index}].secretRef`, secret.name)] : [];
    });
    return [...single, ...whole];
  },
});

function at(path: string, name = "(no name)"): Violation {
  return { path, message: `takes Secret ${name} into the environment; mount it as a file` };
}
