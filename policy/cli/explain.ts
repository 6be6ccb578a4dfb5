import { asDiff, differenceOf } from "#cli/difference";
import { examplesOf, runsOf, settingsOf, verdictOn } from "#cli/manual";
import { controlsOf } from "#frameworks/all";
import { pageOf } from "#model/page";
import type { Rule } from "#model/rule";

/** Everything about a rule, for people: the same as on its page, its examples as diffs. */
export function explain(rule: Rule): string {
  const { id, name, title, severity, level, why, fix } = rule;
  const settings = settingsOf(rule).map(([key, values, fallback, meaning]) => {
    const shown = fallback ? `, ${fallback} by default` : "";
    return plain(`${key} (${values}${shown}): ${meaning}`);
  });
  const controls = controlsOf(rule).map(
    ({ framework, control }) =>
      `${framework.title} ${framework.version}: ${control.id} ${control.title}`,
  );
  const examples = examplesOf(rule).map((example) => {
    const difference = indented(asDiff(differenceOf(example)));
    const given = example.settings && `  with ${JSON.stringify(example.settings)}\n`;
    const parts = [given, difference, `  ${verdictOn(rule, example)}\n`].filter(Boolean);
    return `Example: ${example.what}\n\n${parts.join("\n")}`;
  });
  return [
    `${id} ${name} (${severity}, ${level} by default)\n\n${title}\n`,
    `Why: ${why}\nWhat to write: ${fix}\n`,
    section("Where it runs", runsOf(rule).map(plain)),
    section("Settings", settings),
    section("Standards", controls),
    ...examples,
    `The same as a page: ${pageOf(rule)}\n`,
  ]
    .filter(Boolean)
    .join("\n");
}

function section(title: string, lines: string[]): string {
  return lines.length > 0 ? `${title}:\n${lines.map((line) => `  ${line}\n`).join("")}` : "";
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

function plain(markdown: string): string {
  return markdown.replaceAll("`", "");
}
