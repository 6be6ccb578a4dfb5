import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";
import { type Rendered, render } from "#test/support/charts";

/** What differs between two installations of the same system, by label. */
const OF_THE_INSTALLER = [
  "app.kubernetes.io/instance",
  "app.kubernetes.io/managed-by",
  "helm.sh/chart",
];

/** The umbrella chart with the values of one of its environments. */
export function renderUmbrella(stack: string, namespace = "mcp-mesh"): Promise<Rendered[]> {
  return render("mcp-mesh", "mesh", environmentValues(stack), namespace);
}

/** What values-<stack>.yaml says. */
export function environmentValues(stack: string): Record<string, Record<string, unknown>> {
  const file = join(projectRoot, "charts", "mcp-mesh", `values-${stack}.yaml`);
  return parse(readFileSync(file, "utf8"));
}

export const idOf = ({ kind, metadata }: Rendered): string => `${kind}/${metadata.name}`;

/** Objects by kind and name, sorted, without what only says who installed them. */
export function normalised(objects: readonly Rendered[]): Map<string, Rendered> {
  const pairs = objects.map((object): [string, Rendered] => [idOf(object), strip(object)]);
  return new Map(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function strip(value: unknown, key = ""): Rendered {
  if (Array.isArray(value)) return value.map((each) => strip(each)) as unknown as Rendered;
  if (typeof value !== "object" || value === null) return value as Rendered;
  const entries = Object.entries(value)
    .filter(([name]) => key !== "labels" || !OF_THE_INSTALLER.includes(name))
    .map(([name, each]): [string, unknown] => [name, strip(each, name)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries) as unknown as Rendered;
}
