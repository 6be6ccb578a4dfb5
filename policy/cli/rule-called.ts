import type { Rule } from "#model/rule";

/**
 * The rule of that id or name.
 *
 * @throws a sentence if there is none, with those that come near.
 */
export function ruleCalled(rules: readonly Rule[], called: string): Rule {
  const wanted = called.toLowerCase();
  const found = rules.find(({ id, name }) => id.toLowerCase() === wanted || name === wanted);
  if (found) return found;
  const near = rules.filter(({ name }) => wanted.split("-").some((word) => name.includes(word)));
  const hint =
    near.length > 0 && near.length < 6
      ? `there is ${near.map(({ name }) => name).join(", ")}`
      : "`policy list` shows all";
  throw new Error(`there is no rule ${called}; ${hint}`);
}
