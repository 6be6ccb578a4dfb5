import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import ts from "typescript";
import { projectRoot } from "#local/setup/environment";

const SDK = "@grafana/grafana-foundation-sdk";
const FILE = join(projectRoot, "grafana-schema-check.ts");
const options: ts.CompilerOptions = {
  ...{ noEmit: true, strict: true, skipLibCheck: true, types: [] },
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/**
 * What breaks Grafana's own schema in dashboards' JSON, by file and place. Its SDK has the schema as
 * types made from the sources of Grafana and its panels, so the JSON is judged by the compiler, as a
 * literal: a field that Grafana does not know is found, too.
 */
export function schemaProblems(files: Record<string, string>): string[] {
  const parts = Object.entries(files).flatMap(([name, json]) =>
    partsOf(JSON.parse(json)).map((part) => ({ name, ...part })),
  );
  const text = parts.map(
    ({ name, type, value }, index) =>
      `/* ${name} */ export const v${index}: ${type} = ${JSON.stringify(value)};`,
  );
  const source = [...imports, ...text].join("\n");
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, target) => {
    if (path === FILE) return ts.createSourceFile(path, source, target);
    if (!path.includes(SDK)) return getSourceFile(path, target);
    return ts.createSourceFile(path, withoutEnums(readFileSync(path, "utf8")), target);
  };
  const program = ts.createProgram([FILE], options, host);
  const lines = source.split("\n");
  return ts.getPreEmitDiagnostics(program).map(({ messageText, start = 0 }) => {
    const line = lines[source.slice(0, start).split("\n").length - 1] ?? "";
    return `${line.slice(0, 60)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

const panelTypes = ["timeseries", "stat", "statetimeline"];
const imports = ["dashboard", "prometheus", ...panelTypes].map(
  (name) => `import type * as ${name} from "${SDK}/${name}";`,
);

interface Part {
  type: string;
  value: unknown;
}

/** Each part as a value of its own type; the types of the whole leave panels' own parts open. */
function partsOf({ panels = [], ...rest }: Dashboard): Part[] {
  return [{ type: "dashboard.Dashboard", value: rest }, ...panels.flatMap(partsOfPanel)];
}

function partsOfPanel(panel: Panel | RowPanel): Part[] {
  if (!("fieldConfig" in panel)) return [{ type: "dashboard.RowPanel", value: panel }];
  const { targets = [], options: own = {}, fieldConfig, ...plain } = panel;
  const kind = panel.type.replaceAll("-", "");
  const { custom, ...defaults } = fieldConfig?.defaults ?? {};
  const value = { ...plain, fieldConfig: { ...fieldConfig, defaults } };
  const target = 'Omit<prometheus.Dataquery, "_implementsDataqueryVariant">';
  return [
    { type: "dashboard.Panel", value },
    { type: `${kind}.Options`, value: own },
    ...(custom ? [{ type: `${kind}.FieldConfig`, value: custom }] : []),
    ...targets.map((one) => ({ type: target, value: one })),
  ];
}

/** JSON has an enum's values and not its names: the enums become unions of their values. */
function withoutEnums(text: string): string {
  const file = ts.createSourceFile("a.d.ts", text, ts.ScriptTarget.Latest);
  let result = text;
  for (const node of file.statements.filter(ts.isEnumDeclaration).toReversed()) {
    const members = node.members.map(({ name, initializer }) => ({
      name: name.getText(file),
      value: initializer?.getText(file) ?? "never",
    }));
    const union = members.map(({ value }) => value).join(" | ");
    const named = members.map((member) => `type ${member.name} = ${member.value};`).join(" ");
    const replaced = `export type ${node.name.text} = ${union}; export declare namespace ${node.name.text} { ${named} }`;
    result = result.slice(0, node.getStart(file)) + replaced + result.slice(node.getEnd());
  }
  return result;
}
