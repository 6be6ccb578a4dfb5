/**
 * Cuts a release of the charts: packages the umbrella, with all charts in it, under the version that
 * they have without "-dev", lists it in index.yaml, and gives the charts the next minor version.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inc, parse, rcompare } from "semver";
import { parse as parseYaml } from "yaml";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";

const HELP = `Usage: npm run release

Packages charts/mcp-mesh into charts/releases under its version without "-dev", adds it to
index.yaml, and gives all charts the next minor version with "-dev". Commit what changed. Before,
write into charts/mcp-mesh/Chart.yaml (artifacthub.io/changes) what is new.
`;

const charts = join(projectRoot, "charts");
const releases = join(charts, "releases");

/** The Chart.yaml of every chart, by path. */
function chartFiles(): Map<string, string> {
  const folders = readdirSync(charts, { withFileTypes: true }).filter((each) => each.isDirectory());
  const paths = folders
    .filter(({ name }) => name !== "releases")
    .map(({ name }) => join(charts, name, "Chart.yaml"));
  return new Map(paths.map((path) => [path, readFileSync(path, "utf8")]));
}

/** Every chart and every dependency has the one version. */
function setVersion(from: string, to: string): void {
  for (const [path, text] of chartFiles()) {
    const line = new RegExp(`^( *version: )${from.replaceAll(".", "\\.")}$`, "gm");
    writeFileSync(path, text.replace(line, `$1${to}`));
  }
}

const changesIn = ({ annotations }: { annotations?: Record<string, string> }) =>
  annotations?.["artifacthub.io/changes"];

/** The changes that the releases told of. */
function changesTold(): (string | undefined)[] {
  const index = join(releases, "index.yaml");
  if (!existsSync(index)) return [];
  return parseYaml(readFileSync(index, "utf8")).entries["mcp-mesh"].map(changesIn);
}

/** The versions that are there as packages, the newest first. */
function released(): string[] {
  const names = readdirSync(releases).map((name) => /^mcp-mesh-(.+)\.tgz$/.exec(name)?.[1]);
  return names.filter((version) => version !== undefined).toSorted(rcompare);
}

async function run(...args: string[]): Promise<void> {
  const { code, stderr } = await helm(args);
  if (code !== 0) throw new Error(stderr);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const text = readFileSync(join(charts, "mcp-mesh", "Chart.yaml"), "utf8");
  const chart = parseYaml(text);
  const current: string = chart.version;
  const found = parse(current);
  if (!found) throw new Error(`charts/mcp-mesh/Chart.yaml: ${current} is no version`);
  const version = `${found.major}.${found.minor}.${found.patch}`;
  if (released().includes(version)) {
    throw new Error(`${version} is released, and a release never changes; raise the version`);
  }
  if (changesTold().includes(changesIn(chart))) {
    throw new Error(
      "charts/mcp-mesh/Chart.yaml names the changes of an earlier release; write what is new",
    );
  }
  setVersion(current, version);
  await run("package", join(charts, "mcp-mesh"), "--destination", releases);
  const index = join(releases, "index.yaml");
  const merge = released().length > 1 ? ["--merge", index] : [];
  await run("repo", "index", releases, ...merge);
  const next = `${inc(version, "minor")}-dev`;
  setVersion(version, next);
  process.stdout.write(`charts/releases/mcp-mesh-${version}.tgz; the charts are ${next} now\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
