import { credentialInCommand, credentialUnder } from "#model/credentials";
import { type Container, list } from "#model/kubernetes";
import { podRule, type Violation } from "#model/rule";

export const noLiteralCredentials = podRule({
  id: "K2",
  name: "no-literal-credentials",
  title: "No password, token or key stands in a container's environment, arguments or command.",
  level: "mandatory",
  severity: "high",
  why: "Whoever may read the workload, its manifests or the process list has it.",
  fix: "Put the value into a Secret, mount that as a file, and name the file here.",
  container: ({ path, container }, _pod, { attempt }): Violation[] => [
    ...list(container.env).flatMap((_, index) =>
      attempt(() => {
        const { name, value } = container.env?.[index] ?? {};
        const found = credentialUnder(String(name ?? ""), textOf(value));
        return found ? [at(`${path}.env[${index}].value`, found)] : [];
      }),
    ),
    ...(["command", "args"] as const).flatMap((field) =>
      attempt(() => inWords(container, field, `${path}.${field}`)),
    ),
  ],
});

function inWords(container: Container, field: "command" | "args", path: string): Violation[] {
  const words = list(container[field]).map(textOf);
  return words.flatMap((word, index) => {
    const before = words[index - 1] ?? "";
    const isValue = /^--?[A-Za-z][\w-]*$/.test(before) && !word.startsWith("-");
    const found =
      (isValue ? credentialUnder(before, word) : undefined) ?? credentialInCommand(word);
    return found ? [at(`${path}[${index}]`, found)] : [];
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function at(path: string, found: string): Violation {
  return { path, message: `holds ${found}; put it into a Secret and mount that as a file` };
}
