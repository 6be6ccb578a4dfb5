import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument, type ScalarTag, stringify, type Tags } from "yaml";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";
import type { Rendered } from "#test/support/charts";

export interface Renderings {
  /** All objects, in Helm's order. */
  objects: Rendered[];
  /** The objects that came of each of the values. */
  of: Rendered[][];
  /** What helm said where it refused, by the values' place; empty where it did not. */
  refusals: Map<number, string>;
}

/**
 * Renders a chart with each of several values in one helm process: a chart that has it as a dependency
 * once for each. Rejects with helm's words when a template fails.
 */
export async function renderMany(chart: string, values: readonly object[]): Promise<Renderings> {
  const folder = mkdtempSync(join(tmpdir(), "render-many-"));
  try {
    const agents = chart === "agent";
    writeWrapper(folder, agents ? "mcp-mesh" : chart, agents ? 1 : values.length);
    const given = agents ? { v0: asAgents(values) } : byAlias(values);
    const args = ["template", "r", folder, "--namespace", "mcp-mesh", "--values", "-"];
    const { code, stdout, stderr } = await helm(
      [...args, "--kube-version", "1.36.3"],
      JSON.stringify(given),
    );
    if (code !== 0) {
      const refusals = parseRefusals(stderr, agents);
      if (refusals.size === 0) throw new Error(stderr);
      return { objects: [], of: [], refusals };
    }
    const found = objectsIn(stdout, agents);
    const of = values.map((_, index) =>
      found.filter((each) => each.index === index).map(({ object }) => object),
    );
    return { objects: found.map(({ object }) => object), of, refusals: new Map() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The library takes a text such as e-6 for a float (NaN), which no version of YAML does. */
const exact = (tag: Tags[number]): Tags[number] =>
  typeof tag === "object" && "format" in tag && tag.format === "EXP"
    ? { ...(tag as ScalarTag), test: /^[-+]?\.?[0-9][0-9_]*(?:\.[0-9_]*)?[eE][-+]?[0-9]+$/ }
    : tag;

/**
 * As the API server reads it: YAML 1.1, where `yes` is no text, and no key may stand twice. Helm tells
 * above each object which chart it is of; agents have the number in their name.
 */
function objectsIn(text: string, agents: boolean): { index: number; object: Rendered }[] {
  return text.split(/^---$/m).flatMap((part) => {
    const document = parseDocument(part, { version: "1.1", customTags: (tags) => tags.map(exact) });
    const [error] = document.errors;
    if (error) throw new Error(`${error.message}\n${part}`);
    const object = document.toJS() as Rendered | null;
    if (object === null) return [];
    const source = agents ? `${object.metadata.name}-` : part;
    const pattern = agents ? /^v(\d+)-/ : /# Source: many\/charts\/v(\d+)\//;
    return [{ index: Number(pattern.exec(source)?.[1] ?? -1), object }];
  });
}

const byAlias = (values: readonly object[]) =>
  Object.fromEntries(values.map((each, index) => [`v${index}`, each]));

/** The umbrella renders agents by itself, and they share what is global. */
function asAgents(values: readonly object[]): object {
  const own = values.map((each, index): [string, object] => {
    const { global: _global, fullnameOverride: _name, ...rest } = each as Record<string, unknown>;
    return [`v${index}`, rest];
  });
  const [{ global } = {}] = values as { global?: object }[];
  const parts = ["foundation", "postgres", "registry", "dashboard", "observability"];
  const features = Object.fromEntries(parts.map((part) => [part, false]));
  return { ...(global ? { global } : {}), features, agents: Object.fromEntries(own) };
}

function writeWrapper(folder: string, chart: string, count: number): void {
  const dependencies = Array.from({ length: count }, (_, index) => ({
    name: chart,
    version: ">=0.0.0-0",
    alias: `v${index}`,
  }));
  const about = { apiVersion: "v2", name: "many", version: "0.0.0", dependencies };
  writeFileSync(join(folder, "Chart.yaml"), stringify(about));
  mkdirSync(join(folder, "charts"));
  symlinkSync(join(projectRoot, "charts", chart), join(folder, "charts", chart));
}

/** Helm names each chart that refuses, and below it each reason. */
function parseRefusals(stderr: string, agents: boolean): Map<number, string> {
  const refusals = new Map<number, string>();
  const add = (index: number, line: string) =>
    refusals.set(index, `${refusals.get(index) ?? ""}${line}\n`);
  let current = -1;
  for (const line of stderr.split("\n")) {
    const head = /^(?:many\.)?v(\d+):$/.exec(line);
    if (head) current = Number(head[1]);
    else if (current >= 0) {
      const agent = agents ? /'\/agents\/v(\d+)/.exec(line)?.[1] : undefined;
      add(agent === undefined ? current : Number(agent), line);
    }
  }
  return refusals;
}
