import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { exemptionsSetting, problemIn } from "#model/exemptions";
import type { Level, Rule } from "#model/rule";

/** A stack's policy configuration in the form that `pulumi --policy-pack-config` reads. */
export type Configuration = Record<string, Entry>;
type Entry = PulumiLevel | ({ enforcementLevel?: PulumiLevel } & Record<string, unknown>);
type PulumiLevel = Level | "remediate";

export interface Plan {
  rule: Rule;
  level: Level;
  settings: Record<string, unknown>;
}

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const levels = ["advisory", "mandatory", "remediate", "disabled"];

/**
 * Each rule with its level and settings on a stack, or by default.
 *
 * @throws a sentence if the stack has no policy configuration, or one that names an unknown rule,
 *   level or setting, or an exemption that nobody answers for or that has no effect.
 */
export function plan(rules: readonly Rule[], stack: string | undefined): Plan[] {
  const configuration = stack === undefined ? {} : read(stack);
  const file = `config.${stack}.json`;
  return planned(rules, configuration, file);
}

/** The same for a configuration at hand; the file's name is for messages. */
export function planned(
  rules: readonly Rule[],
  configuration: Configuration,
  file: string,
): Plan[] {
  for (const [name, entry] of Object.entries(configuration)) check(rules, name, entry, file);
  return rules.map((rule) => {
    const entry = configuration[rule.name] ?? {};
    const { enforcementLevel, ...settings } = spelledOut(entry);
    const common = configuration.all as PulumiLevel | undefined;
    const level = enforcementLevel ?? common ?? rule.level;
    checkExemptions(settings.exemptions, level, `${file}: ${rule.name}`);
    return { rule, level: level === "remediate" ? "mandatory" : level, settings };
  });
}

/** The JSON schema of `config.<stack>.json`, for editors. */
export function schemaOf(rules: readonly Rule[]): object {
  const level = { $ref: "#/$defs/level" };
  const exemptions = { $ref: "#/$defs/exemptions" };
  const properties = rules.map(({ id, name, title, settings }) => {
    const properties = { enforcementLevel: level, ...settings, exemptions };
    const withSettings = { type: "object", properties, additionalProperties: false };
    return [name, { description: `${id}: ${title}`, anyOf: [level, withSettings] }];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Levels, settings and exemptions of the policies on one stack",
    type: "object",
    properties: { all: level, ...Object.fromEntries(properties) },
    additionalProperties: false,
    $defs: { level: { enum: levels }, exemptions: exemptionsSetting },
  };
}

function read(stack: string): Configuration {
  const names = readdirSync(folder).map((file) => /^config\.([\w-]+)\.json$/.exec(file)?.[1]);
  const stacks = names.filter((name) => name !== undefined && name !== "schema");
  if (!stacks.includes(stack)) {
    throw new Error(`stack ${stack} has no policy configuration; there is ${stacks.join(", ")}`);
  }
  return JSON.parse(readFileSync(join(folder, `config.${stack}.json`), "utf8"));
}

/** An entry as an object: a level alone is short for that. */
function spelledOut(entry: Entry): Exclude<Entry, string> {
  return typeof entry === "string" ? { enforcementLevel: entry } : entry;
}

function check(rules: readonly Rule[], name: string, entry: Entry, file: string) {
  const rule = rules.find((candidate) => candidate.name === name);
  if (!rule && name !== "all") {
    throw new Error(`${file} names the rule ${name}, which does not exist; see \`policy list\``);
  }
  const { enforcementLevel, ...settings } = spelledOut(entry);
  if (enforcementLevel !== undefined && !levels.includes(enforcementLevel)) {
    throw new Error(
      `${file} gives ${name} the level ${enforcementLevel}; write ${levels.join(", ")}`,
    );
  }
  const unknown = Object.keys(settings).find(
    (setting) => setting !== "exemptions" && !(setting in (rule?.settings ?? {})),
  );
  if (unknown)
    throw new Error(`${file} gives ${name} the setting ${unknown}, which it does not have`);
}

function checkExemptions(exemptions: unknown, level: PulumiLevel, where: string) {
  if (exemptions === undefined) return;
  if (!Array.isArray(exemptions)) throw new Error(`${where}.exemptions must be a list`);
  const problem = exemptions.map(problemIn).find((each) => each !== undefined);
  if (problem) throw new Error(`${where}.${problem}`);
  if (level === "disabled" && exemptions.length > 0) {
    throw new Error(
      `${where}.exemptions have no effect, because the rule is disabled; remove them`,
    );
  }
}
