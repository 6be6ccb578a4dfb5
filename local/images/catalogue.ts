import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";

/** A Debian that `npm run images` unpacks, in the place of the base image that a Dockerfile names. */
export interface Base {
  name: "node" | "postgres" | "monitoring";
  /** The Debian packages whose files it consists of, with what they depend on. */
  packages: string[];
}

export interface Image {
  name: string;
  tag: string;
  base: Base["name"];
  /** The files and folders that its Dockerfile copies. */
  inputs: string[];
  /** What the build stage finds mounted, so that it does not download it. */
  mount?: "workspace" | "npm" | "go";
  /** The folder of its Dockerfile in `images/`, if several images share one. */
  folder?: string;
  /** The stage of the Dockerfile that it is, if not the last. */
  target?: string;
  /** What the Dockerfile asks for besides its bases. */
  args?: Record<string, string>;
}

/** Where deployments look for our images; the local registry serves every host's names. */
export const REPOSITORY = "ghcr.io/mcp-mesh";

const VERSION = "0.1.0";

export const bases: Base[] = [
  { name: "node", packages: ["base-files", "libc6", "libgcc-s1", "libstdc++6", "netbase"] },
  {
    name: "postgres",
    packages: [
      ...["base-files", "coreutils", "dash", "libc-bin", "netbase", "tzdata"],
      ...["postgresql-15", "pgbackrest"],
    ],
  },
  {
    name: "monitoring",
    // With a shell, for the build stage alone: the images are made of what it picks.
    packages: [
      ...["base-files", "ca-certificates", "coreutils", "dash", "libc6", "tzdata"],
      ...["prometheus", "prometheus-alertmanager", "prometheus-postgres-exporter"],
    ],
  },
];

const ours = (name: string, ...sources: string[]): Image => ({
  name,
  tag: VERSION,
  base: "node",
  inputs: ["package-lock.json", "images/bundle.mjs", ...sources],
  mount: "workspace",
});

/** An agent of `examples/`: with the runtime if it says anything to a mesh, and else without. */
function sample(name: string): Image {
  const manifest = readFileSync(join(projectRoot, "examples", name, "package.json"), "utf8");
  const { version, dependencies = {} } = JSON.parse(manifest);
  return {
    ...ours(name, "packages", `examples/${name}`),
    tag: version,
    folder: "agent",
    target: "mcp-mesh-types" in dependencies ? "mesh" : "vanilla",
    args: { AGENT: name, VERSION: version },
  };
}

/** One for each folder: who adds an agent to `examples/` has its image. */
const samples = readdirSync(join(projectRoot, "examples"))
  .filter((name) => existsSync(join(projectRoot, "examples", name, "src/agent.ts")))
  .map(sample);

const fromNpm = (name: string, tag: string): Image => ({
  name,
  tag,
  base: "node",
  inputs: ["images/install.mjs", "images/stop.mjs"],
  mount: "npm",
});

const fromDebian = (name: string, tag: string): Image => ({
  name,
  tag,
  base: "monitoring",
  inputs: ["images/prometheus/distil.sh"],
});

export const images: Image[] = [
  { name: "postgres", tag: "15", base: "postgres", inputs: [] },
  ours("registry", "services/registry"),
  ours("dashboard", "services/dashboard", "services/registry/src/log.ts", "docs/runbooks"),
  ours("release-check", "services/release-check"),
  ours("session-relay", "services/session-relay", "packages/mcp-mesh/src"),
  ...samples,
  fromNpm("server-everything", "2026.8.31"),
  fromNpm("server-debug", "2.0.3"),
  fromDebian("prometheus", "2.42.0"),
  fromDebian("alertmanager", "0.25.0"),
  fromDebian("postgres-exporter", "0.11.1"),
  { name: "kube-state-metrics", tag: "2.18.0", base: "monitoring", inputs: [], mount: "go" },
  { name: "pod-discovery", tag: VERSION, base: "node", inputs: [] },
];

/** What few stacks need and takes minutes to compile: built when somebody asks for it. */
export const extraImages: Image[] = [
  { name: "prometheus-adapter", tag: "0.12.0", base: "monitoring", inputs: [], mount: "go" },
];
