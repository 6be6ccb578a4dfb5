// Bundles programs into single modules: `node images/bundle.mjs OUTPUT=ENTRY …`, in the build stage
// of an image. Plain JavaScript, so that it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);

// `npm run images` mounts the packages that the machine already has.
if (!existsSync(join(root, "node_modules/esbuild"))) {
  const npm = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: root, stdio: "inherit" });
  if (npm.status !== 0) process.exit(1);
}

const { build } = await import("esbuild");
for (const argument of process.argv.slice(2)) {
  const [outfile, entry] = argument.split("=");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // Optional native speed-ups, which the packages that ask for them do without.
    external: ["pg-native"],
    // Packages in CommonJS call `require` for Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
}
