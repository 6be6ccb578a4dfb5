import { createHash } from "node:crypto";
import { relative, sep } from "node:path";
import type { Finding } from "#cli/judge";
import { Positions } from "#cli/position";
import type { Plan } from "#model/levels";
import { pageOf, pageUrl } from "#model/page";
import type { Level } from "#model/rule";
import { nameOf, shown } from "#model/subject";

/** The scores by which code scanning tells critical from low. */
const securitySeverity = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };
const levels: Record<Level, string> = { mandatory: "error", advisory: "warning", disabled: "none" };

export interface Sarif {
  /** All rules of the run, those without findings too. */
  plans: readonly Plan[];
  findings: readonly Finding[];
  /** The text of each file, for positions. */
  texts: ReadonlyMap<string, string>;
  /** The file that a finding about the stack's own configuration is in. */
  configuration: string | undefined;
}

/** The findings as a SARIF 2.1.0 log with one run, as code scanning takes it. */
export function asSarif({ plans, findings, texts, configuration }: Sarif): string {
  const indexes = new Map(plans.map(({ rule }, index) => [rule, index]));
  const positions = new Positions(texts);
  const results = findings.map((finding) => ({
    ruleId: finding.rule.id,
    ruleIndex: indexes.get(finding.rule),
    level: levels[finding.level],
    message: { text: messageOf(finding) },
    locations: [
      {
        ...physical(finding, positions, configuration),
        logicalLocations: [
          {
            name: nameOf(finding.subject).name,
            fullyQualifiedName: `${shown(finding.subject)}: ${finding.violation.path}`,
            kind: "resource",
          },
        ],
      },
    ],
    partialFingerprints: { "objectAndField/v1": fingerprint(finding) },
  }));
  const driver = { name: "mcp-mesh-policy", semanticVersion: "0.1.0", rules: plans.map(ruleOf) };
  const run = { tool: { driver }, columnKind: "utf16CodeUnits", results };
  const log = { $schema: schemaAddress, version: "2.1.0", runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const schemaAddress = "https://json.schemastore.org/sarif-2.1.0.json";

function ruleOf({ rule, level }: Plan) {
  const { id, name, title, why, fix, severity } = rule;
  const url = pageUrl(rule);
  return {
    id,
    name,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${fix} See ${pageOf(rule)}.`, markdown: `${fix} See \`${pageOf(rule)}\`.` },
    ...(url && { helpUri: url }),
    defaultConfiguration: { enabled: level !== "disabled", level: levels[level] },
    properties: {
      "security-severity": securitySeverity[severity],
      tags: ["security", "kubernetes", name],
    },
  };
}

function messageOf({ subject, violation: { path, message } }: Finding): string {
  return `${shown(subject)}: ${path} ${message}`;
}

function physical(
  { manifest, violation }: Finding,
  positions: Positions,
  configuration: string | undefined,
) {
  if (!manifest) {
    return configuration && { physicalLocation: { artifactLocation: artifact(configuration) } };
  }
  const { line, column } = positions.of(manifest, violation.path);
  const artifactLocation = artifact(manifest.file);
  const region = { startLine: line, startColumn: column };
  return { physicalLocation: { artifactLocation, region } };
}

function artifact(file: string) {
  if (file === "-") return { uri: "stdin" };
  const path = relative(process.cwd(), file).split(sep).map(encodeURIComponent).join("/");
  return { uri: path };
}

/** The same for the same field of the same object, wherever in which file it stands. */
function fingerprint({ rule, subject, violation: { path } }: Finding): string {
  const { groupKind } = subject;
  const { namespace, name } = nameOf(subject);
  const parts = [rule.id, groupKind, namespace, name, path];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
