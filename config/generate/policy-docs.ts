import { differenceOf } from "#policy/cli/difference";
import { areas, examplesOf, runsOf, settingsOf, verdictOn } from "#policy/cli/manual";
import { controlsOf, frameworks } from "#policy/frameworks/all";
import type { Rule } from "#policy/model/rule";
import { rules } from "#policy/rules/all";

const made = "Made by `npm run generate` from the rule, its examples and policy/frameworks.";

/** The pages about the rules, by path from the project's root: one each, and an index. */
export function policyDocs(): Record<string, string> {
  const pages = rules.map((rule) => [`policy/docs/${rule.name}.md`, page(rule)]);
  return { ...Object.fromEntries(pages), "policy/docs/README.md": index() };
}

function index(): string {
  const ofArea = Object.entries(areas).flatMap(([letter, title]) => {
    const own = rules.filter(({ id }) => id.startsWith(letter));
    if (own.length === 0) return [];
    const rows = own.map(({ id, name, severity, title: what }) => [
      id,
      `[${name}](${name}.md)`,
      severity,
      what,
    ]);
    return [`## ${title}\n\n${table([["Id", "Rule", "Severity", "What holds"], ...rows])}`];
  });
  const coverage = frameworks.map(({ title, version, controls }) => {
    const checked = controls.filter((control) => control.rules.length > 0).length;
    return [`${title} ${version}`, `${checked} of ${controls.length}`];
  });
  return [
    `# The rules\n\n${made}\n\n${rules.length} rules. Each page has what the rule wants and why, its settings, and examples that are its tests' own.\n`,
    ...ofArea,
    `## Standards\n\n${table([["Standard", "Controls that rules check"], ...coverage])}\n\`npm run policy -- report\` shows them control by control.\n`,
  ].join("\n");
}

function page(rule: Rule): string {
  const { id, name, title, why, fix, severity, level } = rule;
  const sections = [
    `# ${id} ${name}`,
    made,
    title,
    table([
      ["Severity", "Level by default", "Kinds"],
      [severity, level, kindsOf(rule)],
    ]).trimEnd(),
    `**Why.** ${why}`,
    `**What to write.** ${fix}`,
    `## Where it runs\n\n${bullets(runsOf(rule))}`,
    ...remediationOf(rule),
    `## Settings\n\n${settings(rule)}`,
    ...controls(rule),
    ...examples(rule),
  ];
  return `${sections.join("\n\n")}\n`;
}

function kindsOf(rule: Rule): string {
  if (!("kinds" in rule) || !rule.kinds) return "any";
  const names = rule.kinds.map((kind) => kind.slice(kind.indexOf("/") + 1));
  return [...new Set(names)].join(", ");
}

function remediationOf(rule: Rule): string[] {
  if (!("remediate" in rule) || !rule.remediate) return [];
  const text =
    "At the level `remediate`, the pack mends the object before the check, and the preview shows how.";
  return [`## Remediation\n\n${text}`];
}

function settings(rule: Rule): string {
  const rows = settingsOf(rule).map(([key, ...rest]) => [`\`${key}\``, ...rest]);
  const common =
    "`enforcementLevel` and `exemptions`, as [every rule](../README.md#exemptions) has.";
  if (rows.length === 0) return `Only ${common}`;
  const all = table([["Setting", "Values", "Default", "Meaning"], ...rows]);
  return `${all}\nAnd ${common}`;
}

function controls(rule: Rule): string[] {
  const rows = controlsOf(rule).map(({ framework, control }) => [
    `${framework.title} ${framework.version}`,
    control.id,
    control.title,
  ]);
  if (rows.length === 0) return [];
  return [`## Standards\n\n${table([["Standard", "Control", "Title"], ...rows]).trimEnd()}`];
}

function examples(rule: Rule): string[] {
  return examplesOf(rule).map((example) => {
    const { right, wrong } = differenceOf(example);
    const given = example.settings && JSON.stringify(example.settings, null, 2);
    const parts = [
      `## Example: ${example.what}`,
      ...(given ? [block("With the configuration", "json", `${given}\n`)] : []),
      ...(right || wrong ? [block("Right", "yaml", right), block("Wrong", "yaml", wrong)] : []),
      `> ${verdictOn(rule, example)}`,
    ];
    return parts.join("\n\n");
  });
}

function block(label: string, language: string, text: string): string {
  return text
    ? `${label}:\n\n\`\`\`${language}\n${text}\`\`\``
    : `${label}: the object is missing.`;
}

function bullets(items: string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function table([head = [], ...rows]: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("");
}
