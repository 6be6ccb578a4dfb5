import { parseArgs } from "node:util";
import { ExemptionLedger } from "#model/exemptions";
import { judge } from "#model/judge";
import { type Plan, plan, schemaOf } from "#model/levels";
import { filesIn, type Manifest, manifestsIn } from "#model/manifests";
import type { Rule, Violation } from "#model/rule";
import { nameOf } from "#model/subject";
import { rules } from "#rules/all";

const usage = `Checks Kubernetes manifests against the rules of the policy pack.

  npm run policy -- check [options] PATH…   check files, folders, or - for standard input
  npm run policy -- list [--stack NAME]     show every rule and its level
  npm run policy -- schema                  print the schema of policy/config.NAME.json

Options of check:
  --stack NAME          the levels and settings of a stack (policy/config.NAME.json)
  --all                 every rule, whatever its level; disabled ones count as advisory
  --format text|json    json is one violation a line (default: text)

Exit code: 0 no mandatory violation, 1 mandatory violations, 2 wrong usage or an unreadable file.
`;

interface Finding extends Plan {
  manifest: Manifest;
  violation: Violation;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`policy: ${(error as Error).message}\n`);
  process.exitCode = 2;
}

function main(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      all: { type: "boolean", default: false },
      stack: { type: "string" },
      format: { type: "string", default: "text" },
    },
  });
  const [command, ...paths] = positionals;
  if (values.help) return print(usage);
  if (command === "list") return print(table(plan(rules, values.stack)));
  if (command === "schema") return print(`${JSON.stringify(schemaOf(rules), null, 2)}\n`);
  if (command !== "check") throw new Error("say check, list or schema; --help explains them");
  if (paths.length === 0) throw new Error("check needs a file or folder, or - for standard input");
  if (values.format !== "text" && values.format !== "json") {
    throw new Error(`--format is text or json, not ${values.format}`);
  }
  const files = paths.flatMap(filesIn);
  const manifests = files.flatMap(manifestsIn);
  const findings = check(manifests, plan(rules, values.stack), values.all);
  if (values.format === "json") print(findings.map(toJson).join(""));
  else print(report(findings, manifests.length, files.length));
  return findings.some(({ level }) => level === "mandatory") ? 1 : 0;
}

function check(manifests: Manifest[], plans: Plan[], all: boolean): Finding[] {
  const active = plans
    .filter(({ level }) => all || level !== "disabled")
    .map((each): Plan => (each.level === "disabled" ? { ...each, level: "advisory" } : each));
  const origins = new Map(manifests.map((manifest) => [manifest.subject, manifest]));
  const found = judge([...origins.keys()], active, new ExemptionLedger(), true);
  return found.flatMap(({ plan, subject, violation }) => {
    const manifest = origins.get(subject);
    return manifest ? [{ ...plan, manifest, violation }] : [];
  });
}

function toJson({ manifest, rule, level, violation }: Finding): string {
  const { file, document, subject } = manifest;
  const { apiVersion, kind } = subject;
  const { namespace, name } = nameOf(subject);
  const { path, message } = violation;
  const found = { file, document, id: rule.id, rule: rule.name, level, apiVersion, kind };
  return `${JSON.stringify({ ...found, namespace, name, path, message })}\n`;
}

function report(findings: Finding[], objects: number, files: number): string {
  const groups = Map.groupBy(findings, ({ manifest }) => manifest);
  const blocks = [...groups].map(([{ file, document, subject }, group]) => {
    const { namespace, name } = nameOf(subject);
    const title = `${file} (document ${document}) ${subject.kind} ${namespace && `${namespace}/`}${name}`;
    return [title, ...group.map(line)].join("\n");
  });
  const mandatory = findings.filter(({ level }) => level === "mandatory").length;
  const counts = `${mandatory} mandatory, ${findings.length - mandatory} advisory violations`;
  return [...blocks, `${counts} in ${objects} objects of ${files} files`].join("\n\n").concat("\n");
}

function line({ rule, level, violation }: Finding): string {
  return `  ${rule.id} ${rule.name} [${level}] ${violation.path} ${violation.message}`;
}

function table(plans: Plan[]): string {
  const row = (rule: Rule, level: string) => [rule.id, rule.name, level, rule.severity, rule.title];
  const rows = [
    ["ID", "RULE", "LEVEL", "SEVERITY", "WHAT HOLDS"],
    ...plans.map(({ rule, level }) => row(rule, level)),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) => cell.padEnd(widths[column] ?? 0);
  return rows.map((cells) => `${cells.map(pad).join("  ")}\n`).join("");
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}
