/**
 * `npx node packages/build.ts`: makes of each package what is published, in `dist/packages/NAME`: ES
 * modules, CommonJS, and the types of both. Then `npm publish dist/packages/NAME`.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");

/** In the order in which they need each other. */
export const packages = ["mcp-mesh-types", "mcp-mesh"];

/** The workspace's own package.json, of which the published one is made. */
interface Manifest {
  [key: string]: unknown;
  exports: Record<string, string>;
  dependencies: Record<string, string>;
}

type Kind = "esm" | "cjs";

/** Builds one package into a folder of `out`, where those that it needs must be already. */
export function buildPackage(name: string, out: string): string {
  const folder = join(root, "packages", name);
  const dist = join(out, name);
  rmSync(dist, { recursive: true, force: true });
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  emitTypes(folder, dist, out);
  for (const file of globSync("**/*.ts", { cwd: join(folder, "src") })) {
    const source = join(folder, "src", file);
    for (const kind of kindsOf(source)) emit(source, kind, join(dist, kind, file));
  }
  writeJson(join(dist, "cjs/package.json"), { type: "commonjs" });
  writeJson(join(dist, "package.json"), {
    ...manifest,
    exports: Object.fromEntries(
      Object.entries(manifest.exports).map(([key, path]) => {
        const kinds = kindsOf(join(folder, path));
        return [key, Object.fromEntries(kinds.map((kind) => conditions(kind, path)))];
      }),
    ),
    // Exact here, where the lock file says what was tested; a range for who installs it.
    dependencies: Object.fromEntries(
      Object.entries(manifest.dependencies).map(([key, version]) => [key, `^${version}`]),
    ),
  });
  const readme = join(folder, "README.md");
  if (existsSync(readme)) cpSync(readme, join(dist, "README.md"));
  return dist;
}

/** What awaits at its top level can be imported, and never required. */
function kindsOf(source: string): Kind[] {
  return /^await /m.test(readFileSync(source, "utf8")) ? ["esm"] : ["esm", "cjs"];
}

function conditions(kind: Kind, source: string): [string, object] {
  const path = source.replace("./src/", `./${kind}/`).replace(/\.ts$/, "");
  const condition = kind === "esm" ? "import" : "require";
  return [condition, { types: `${path}.d.ts`, default: `${path}.js` }];
}

/** The program of one module; its types were checked with the rest of the project. */
function emit(source: string, kind: Kind, target: string): void {
  const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), {
    fileName: source,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: kind === "esm" ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  write(target.replace(/\.ts$/, ".js"), outputText);
  const types = target.replace(/\.ts$/, ".d.ts");
  if (kind === "cjs") cpSync(types.replace("/cjs/", "/esm/"), types);
}

/** The types of all modules: the same for both kinds. */
function emitTypes(folder: string, dist: string, out: string): void {
  const config = join(dist, "tsconfig.json");
  const built = (name: string) => [join(out, name, "esm/index.d.ts")];
  writeJson(config, {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: join(folder, "src"),
      outDir: join(dist, "esm"),
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
      // What is published needs the published types, and not this workspace's sources.
      paths: Object.fromEntries(packages.map((name) => [name, built(name)])),
    },
    include: [join(folder, "src")],
    exclude: [],
  });
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", config], {
    stdio: ["ignore", process.stderr, "inherit"],
  });
  rmSync(config);
}

const writeJson = (path: string, value: object) =>
  write(path, `${JSON.stringify(value, null, 2)}\n`);

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

if (import.meta.main) {
  for (const name of packages) console.log(buildPackage(name, join(root, "dist/packages")));
}
