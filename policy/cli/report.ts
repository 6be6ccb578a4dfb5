import { columns } from "#cli/list";
import { frameworks } from "#frameworks/all";
import type { Control, Framework } from "#frameworks/framework";
import type { Exemption } from "#model/exemptions";
import { list } from "#model/kubernetes";
import type { Plan } from "#model/levels";

export interface Coverage {
  framework: Pick<Framework, "id" | "title" | "version">;
  covered: number;
  controls: ControlCoverage[];
}

export interface ControlCoverage extends Pick<Control, "id" | "title" | "kind"> {
  /**
   * The highest level of its rules on the stack; `gap` where a rule could check it but none does,
   * `manual` where only people can.
   */
  state: "mandatory" | "advisory" | "disabled" | "gap" | "manual";
  rules: { id: string; name: string; level: string; exemptions: number }[];
}

/** What the rules cover of each framework, at the levels and with the exemptions of a stack. */
export function coverageOf(plans: readonly Plan[]): Coverage[] {
  const byId = new Map(plans.map((each) => [each.rule.id, each]));
  return frameworks.map(({ id, title, version, controls }) => {
    const judged = controls.map((control) => coverageOfControl(control, byId));
    const covered = judged.filter(({ rules }) => rules.some(({ level }) => level !== "disabled"));
    return { framework: { id, title, version }, covered: covered.length, controls: judged };
  });
}

function coverageOfControl(
  { id, title, kind, rules }: Control,
  byId: ReadonlyMap<string, Plan>,
): ControlCoverage {
  const found = rules.flatMap((each) => {
    const plan = byId.get(each);
    if (!plan) return [];
    const { rule, level, settings } = plan;
    return [{ id: rule.id, name: rule.name, level, exemptions: exemptionsIn(settings).length }];
  });
  const levels = found.map(({ level }) => level);
  const highest = (["mandatory", "advisory", "disabled"] as const).find((level) =>
    levels.includes(level),
  );
  const none = kind === "manual" ? "manual" : "gap";
  return { id, title, kind, state: highest ?? none, rules: found };
}

function exemptionsIn(settings: Plan["settings"]): Exemption[] {
  return list(settings.exemptions as Exemption[] | undefined);
}

/** The coverage as people read it. */
export function coverageAsText(coverage: readonly Coverage[], stack: string | undefined): string {
  const head = stack
    ? `At the levels of the stack ${stack}; in brackets, how many exemptions a rule has there.`
    : "At the rules' own levels; --stack shows those of a stack.";
  const blocks = coverage.map(({ framework: { title, version }, covered, controls }) => {
    const rows = controls.map((control) => [
      control.id,
      control.state,
      rulesIn(control),
      control.title,
    ]);
    const count = `${covered} of ${controls.length} controls have a rule`;
    return `${title} ${version}: ${count}\n${columns(rows)}`;
  });
  return [`${head}\n`, ...blocks].join("\n");
}

function rulesIn({ rules }: ControlCoverage): string {
  const shown = rules.map(({ id, level, exemptions }) => {
    const lower = level === "mandatory" ? "" : ` ${level}`;
    return `${id}${lower}${exemptions > 0 ? ` (${exemptions})` : ""}`;
  });
  return shown.join(", ") || "-";
}
