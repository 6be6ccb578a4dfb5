import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { agentSchema } from "#config/agent-schema";
import { charts } from "#config/charts/index";
import { agentFileSchema, baseFileSchema } from "#config/generate/agent-file-schema";
import { chartFile } from "#config/generate/chart-file";
import { environments } from "#config/generate/environments";
import { chartSchema, jsonSchema } from "#config/generate/json-schema";
import { policyDocs } from "#config/generate/policy-docs";
import { table } from "#config/generate/table";
import { environmentFile, valuesFile } from "#config/generate/values";
import { stackSchema } from "#config/schema";
import { observabilityFiles } from "#observability/generate";
import { scalingFiles } from "#observability/scaling/generate";
import { schemaOf } from "#policy/model/levels";
import { rules } from "#policy/rules/all";

/** The files that follow from the schemas and the stacks, by path from the project's root. */
export function generated(root = process.cwd()): Record<string, string> {
  const ofCharts = Object.entries(charts).flatMap(([name, schema]) => [
    [`charts/${name}/values.schema.json`, json(chartSchema(schema))],
    [`charts/${name}/values.yaml`, valuesFile(schema)],
    [`charts/${name}/README.md`, readme(root, name)],
    [`charts/${name}/Chart.yaml`, chartMetadata(root, name)],
  ]);
  const ofStacks = environments(root).map(({ stack, values }) => [
    `charts/mcp-mesh/values-${stack}.yaml`,
    environmentFile(values, `The environment of Pulumi.${stack}.yaml and agents/, for Helm alone.`),
  ]);
  return {
    ...Object.fromEntries([...ofCharts, ...ofStacks]),
    "agents/agent.schema.json": json(agentFileSchema()),
    "agents/bases/base.schema.json": json(baseFileSchema()),
    "docs/agents.md": agentsPage(readFileSync(join(root, "docs", "agents.md"), "utf8")),
    "config/README.md": reference(),
    "policy/config.schema.json": json(schemaOf(rules)),
    ...observabilityFiles(),
    ...scalingFiles(),
    ...policyDocs(),
  };
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function reference(): string {
  return `# Configuration

Made by \`npm run generate\` from the schemas in this folder. A value that breaks them, or a key that
they don't know, is refused before anything is touched.

## A stack: \`Pulumi.<stack>.yaml\`

Each key stands under the project's name, such as \`mcp-mesh:registry\`.

${table(jsonSchema(stackSchema))}
## An agent: \`agents/*.yaml\`

What an agent's file says: [docs/agents.md](../docs/agents.md).
`;
}

const START = "<!-- Made by `npm run generate`, from here -->\n\n";
const END = "\n<!-- to here -->";

/** The page about agents' files, with the table of their keys anew. */
function agentsPage(text: string): string {
  const [before, rest = ""] = text.split(START);
  const [, after = ""] = rest.split(END);
  return `${before}${START}${table(jsonSchema(agentSchema))}${END}${after}`;
}

/** The umbrella brings the images of all charts, since each of them can be switched on. */
function chartMetadata(root: string, name: string): string {
  const all = Object.entries(charts).filter(([chart]) => chart === name || name === "mcp-mesh");
  const defaults = all.map(([, schema]) => schema.parse({}));
  return chartFile(readFileSync(join(root, "charts", name, "Chart.yaml"), "utf8"), defaults);
}

/** What a chart is, how it is installed, and all its values. */
function readme(root: string, name: keyof typeof charts | string): string {
  const read = (file: string) => readFileSync(join(root, "charts", name, file), "utf8");
  const chart = parse(read("Chart.yaml")) as { description: string; version: string };
  const schema = jsonSchema(charts[name as keyof typeof charts]);
  return `# ${name}

Made by \`npm run generate\`: the text from about.md, the values from the schemas in config/.

${chart.description}.

${read("about.md").trim()}

## Values

A key that is not in this table is refused.

${table(schema)}`;
}
