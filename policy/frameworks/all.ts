import { cis } from "#frameworks/cis";
import type { Control, Framework } from "#frameworks/framework";
import { nsaCisa } from "#frameworks/nsa-cisa";
import { podSecurityBaseline, podSecurityRestricted } from "#frameworks/pod-security";

export const frameworks: readonly Framework[] = [
  podSecurityBaseline,
  podSecurityRestricted,
  cis,
  nsaCisa,
];

/** The controls that a rule checks, or a part of them. */
export function controlsOf(rule: { id: string }): { framework: Framework; control: Control }[] {
  return frameworks.flatMap((framework) =>
    framework.controls
      .filter(({ rules }) => rules.includes(rule.id))
      .map((control) => ({ framework, control })),
  );
}
