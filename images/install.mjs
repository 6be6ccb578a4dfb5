// Puts the packages of /app's lock file into /app/node_modules, in the build stage of an image:
// unmodified, and without running their scripts.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";

// `npm run images` mounts what it has installed from the same lock file before.
if (existsSync("/build/node_modules")) {
  cpSync("/build/node_modules", "/app/node_modules", { recursive: true, verbatimSymlinks: true });
} else {
  const args = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  const npm = spawnSync("npm", args, { cwd: "/app", stdio: "inherit" });
  if (npm.status !== 0) process.exit(1);
}
// npm's note of what it did, with the addresses it fetched from: the lock file says it better.
rmSync("/app/node_modules/.package-lock.json", { force: true });
