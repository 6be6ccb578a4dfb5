import { parseArgs } from "node:util";
import { defaultCluster } from "#local/cluster/cluster";
import { ensurePackages } from "#local/cluster/prerequisites";
import { buildAndPush, buildAndPushExtra } from "#local/images/build";
import { extraImages } from "#local/images/catalogue";

const extra = extraImages.map(({ name }) => name).join(", ");

const HELP = `Usage: npm run images -- [--registry HOST:PORT] [--extra NAME]

Builds the project's images where they changed, pushes them to a registry over plain HTTP, and
writes their digests to images.lock.json, where deployments find them.

  --registry HOST:PORT   where to push; the local cluster's (${defaultCluster.registry}) by default
  --extra NAME           instead, only this image, which few stacks need: ${extra}
  --help                 this text
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { registry: { type: "string" }, extra: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const registry = values.registry ?? defaultCluster.registry;
  if (!/^[^/\s]+:\d+$/.test(registry)) {
    throw new Error(`--registry is "${registry}", but must be HOST:PORT, such as 127.0.0.1:5000.`);
  }
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Error("Building images needs Linux and root: use sudo or a root shell.");
  }
  const started = Date.now();
  const progress = (line: string) => {
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    process.stderr.write(`${seconds.padStart(6)} s  ${line}\n`);
  };
  await ensurePackages(progress);
  if (values.extra !== undefined) {
    await buildAndPushExtra(values.extra, { registry, progress });
    return 0;
  }
  const { images } = await buildAndPush({ registry, progress });
  progress(`${Object.keys(images).length} images are in ${registry}`);
  for (const [name, digest] of Object.entries(images)) process.stdout.write(`${name}@${digest}\n`);
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
    process.stderr.write(`error: ${error.message}${cause}\n`);
    process.exitCode = 1;
  },
);
