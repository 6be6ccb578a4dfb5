import type { Finding, Verdict } from "#cli/judge";
import { nameOf, shown } from "#model/subject";

export interface Counts {
  objects: number;
  files: number;
}

/** The findings as people read them, object by object, and a line of counts. */
export function asText({ findings, exempted }: Verdict, { objects, files }: Counts): string {
  const groups = Map.groupBy(findings, ({ manifest, subject }) => manifest ?? shown(subject));
  const blocks = [...groups.values()].map((group) =>
    [
      `${titleOf(group[0] as Finding)}: ${counted(group.length, "violation")}`,
      ...group.map(line),
    ].join("\n"),
  );
  const mandatory = findings.filter(({ level }) => level === "mandatory").length;
  const violations = `${mandatory} mandatory, ${findings.length - mandatory} advisory violations`;
  const excused = exempted > 0 ? ` (${exempted} more exempted)` : "";
  const where = `${counted(objects, "object")} of ${counted(files, "file")}`;
  return [...blocks, `${violations}${excused} in ${where}`].join("\n\n").concat("\n");
}

/** One JSON object a line. */
export function asJsonLines({ findings }: Verdict): string {
  return findings.map((finding) => `${JSON.stringify(record(finding))}\n`).join("");
}

function record({ manifest, subject, rule, level, violation }: Finding) {
  const { apiVersion, kind, pulumi } = subject;
  const { namespace, name } = nameOf(subject);
  return {
    file: manifest?.file,
    document: manifest?.document,
    id: rule.id,
    rule: rule.name,
    level,
    apiVersion,
    kind,
    namespace,
    name,
    path: violation.path,
    message: violation.message,
    urn: pulumi?.urn,
  };
}

function titleOf({ manifest, subject }: Finding): string {
  return manifest
    ? `${manifest.file} (document ${manifest.document}) ${shown(subject)}`
    : shown(subject);
}

function line({ rule, level, violation: { path, message } }: Finding): string {
  return `  ${rule.id} ${rule.name} [${level}] ${path} ${message}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
