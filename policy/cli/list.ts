import type { Plan } from "#model/levels";

/** The rules with their levels, as a table. */
export function asTable(plans: readonly Plan[]): string {
  return columns([
    ["ID", "RULE", "LEVEL", "SEVERITY", "WHAT HOLDS"],
    ...plans.map(({ rule, level }) => [rule.id, rule.name, level, rule.severity, rule.title]),
  ]);
}

/** The same for programs. */
export function asRecords(plans: readonly Plan[]): object[] {
  return plans.map(({ rule: { id, name, title, severity }, level, settings }) => ({
    id,
    name,
    level,
    severity,
    title,
    settings,
  }));
}

/** Rows of cells, in columns as wide as they must be. */
export function columns(rows: readonly (readonly string[])[]): string {
  const count = Math.max(...rows.map(({ length }) => length));
  const widths = Array.from({ length: count - 1 }, (_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) => cell.padEnd(widths[column] ?? 0);
  return rows.map((cells) => `${cells.map(pad).join("  ").trimEnd()}\n`).join("");
}
