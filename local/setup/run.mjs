// Runs a TypeScript entry point of this project: `node local/setup/run.mjs ENTRY [ARG…]`.
// Plain JavaScript without dependencies, because it runs before anything is installed: it installs
// the npm packages if they are missing or older than the lock file, then hands over to the pinned
// Node (which strips types by itself), whatever Node the machine has.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const node = join(root, "node_modules", ".bin", "node");
const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
const stamp = join(root, "node_modules", ".installed");

const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stamp) && existsSync(node) && readFileSync(stamp, "utf8") === lock;
if (!installed) {
  const started = Date.now();
  process.stderr.write("Installing the npm packages (about 30 s the first time) …\n");
  rmSync(stamp, { force: true });
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    // A broken download is retried by npm; a missing registry ends here with npm's own words.
  });
  if (npm.error || npm.status !== 0) {
    process.stderr.write(
      `error: npm could not install the packages${npm.error ? `: ${npm.error.message}` : ""}. ` +
        "Check that the npm registry can be reached, then run the same command again.\n",
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
  process.stderr.write(
    `Installed the npm packages (${Math.round((Date.now() - started) / 1000)} s)\n`,
  );
}

const [entry, ...args] = process.argv.slice(2);
const child = spawn(
  node,
  // The project has no "type" field (policy packs need that), so Node would warn about each module.
  ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", join(root, entry), ...args],
  // Half of a short command is compiling the same modules again: Node keeps what it compiled.
  {
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: join(cache, "mcp-mesh", "compiled"), ...process.env },
  },
);
// The child handles signals itself: a Ctrl-C in the middle of `up` must reach the engine, not kill its parent first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  process.stderr.write(`error: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal ? 128 : code));
