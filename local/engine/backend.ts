import { existsSync } from "node:fs";
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { UserError } from "#local/engine/errors";

/** The folder that holds state when nothing else was chosen. */
export const ownStateFolder = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "mcp-mesh");

/** Pulumi's `file://` backend: where the stacks of one project keep their state. */
export class FileBackend {
  readonly root: string;
  /** Whether this is the engine's own folder, which comes with its own passphrase. */
  readonly isOwn: boolean;
  private readonly project: string;
  /** The stacks whose state from before this operation was put aside. */
  private readonly begun = new Set<string>();

  private constructor(root: string, project: string) {
    this.root = root;
    this.isOwn = root === ownStateFolder();
    this.project = project;
  }

  /** Opens the backend at `url` (the engine's own folder if undefined); relative paths start at `base`. */
  static async open(url: string | undefined, project: string, base: string): Promise<FileBackend> {
    const chosen = url || `file://${ownStateFolder()}`;
    if (!chosen.startsWith("file://")) {
      throw new UserError(
        `the local engine keeps state in files only, but the backend is ${chosen}; ` +
          "set PULUMI_BACKEND_URL=file://FOLDER or use the Pulumi CLI",
      );
    }
    const path = chosen.slice("file://".length).replace(/^~(?=\/|$)/, homedir());
    const backend = new FileBackend(resolve(base, path), project);
    const meta = join(backend.root, ".pulumi", "meta.yaml");
    if (existsSync(meta)) {
      const text = await readFile(meta, "utf8");
      if (!/^version:\s*1\s*$/m.test(text)) {
        throw new UserError(`${meta} has a layout that this engine does not know: ${text.trim()}`);
      }
    } else if (existsSync(join(backend.root, ".pulumi", "stacks"))) {
      throw new UserError(`${backend.root} has the legacy layout; run \`pulumi state upgrade\``);
    } else {
      await writeDurably(meta, "version: 1\n");
    }
    return backend;
  }

  /** The stack's checkpoint text, or undefined if there is no such stack. */
  async load(stack: string): Promise<string | undefined> {
    const found: { path: string; modified: number }[] = [];
    for (const ending of ["", ".gz", ".zst"]) {
      const path = this.checkpointPath(stack) + ending;
      if (existsSync(path)) found.push({ path, modified: (await stat(path)).mtimeMs });
    }
    const newest = found.sort((a, b) => b.modified - a.modified)[0]?.path;
    if (newest === undefined) return undefined;
    const bytes = await readFile(newest);
    if (newest.endsWith(".gz")) return gunzipSync(bytes).toString("utf8");
    if (newest.endsWith(".zst")) return zstdDecompressSync(bytes).toString("utf8");
    return bytes.toString("utf8");
  }

  /** Replaces the checkpoint in one step; the one from before this operation becomes `.bak`. */
  async save(stack: string, text: string): Promise<void> {
    const path = this.checkpointPath(stack);
    if (this.begun.has(stack)) return replace(path, text);
    if (existsSync(path)) {
      const spare = `${path}.bak.new`;
      await rm(spare, { force: true });
      await link(path, spare);
      await rename(spare, `${path}.bak`);
    }
    await writeDurably(path, text);
    await Promise.all([".gz", ".zst"].map((ending) => rm(path + ending, { force: true })));
    this.begun.add(stack);
  }

  /** Files a backup of the checkpoint and the history `entry` of an operation that has ended. */
  async record(stack: string, text: string, entry: object): Promise<void> {
    const now = `${BigInt(Date.now()) * 1_000_000n}`;
    const history = join(this.folder("history"), stack, `${stack}-${now}`);
    const backup = join(this.folder("backups"), stack, `${stack}.${now}.json`);
    await Promise.all([
      writeDurably(backup, text),
      writeDurably(`${history}.history.json`, JSON.stringify(entry)),
      writeDurably(`${history}.checkpoint.json`, text),
    ]);
  }

  /** The names of the project's stacks, with the time of their last change. */
  async list(): Promise<{ name: string; modified: Date }[]> {
    const names = await readdir(this.folder("stacks")).catch(() => [] as string[]);
    const stacks = new Map<string, Date>();
    for (const file of names) {
      const name = /^(.+)\.json(\.gz|\.zst)?$/.exec(file)?.[1];
      if (name) stacks.set(name, (await stat(join(this.folder("stacks"), file))).mtime);
    }
    return [...stacks].map(([name, modified]) => ({ name, modified }));
  }

  /** Removes the stack, its history and its backups. */
  async remove(stack: string): Promise<void> {
    const path = this.checkpointPath(stack);
    const files = ["", ".gz", ".zst", ".bak", ".attrs", ".bak.attrs"].map((end) => path + end);
    const folders = ["history", "backups"].map((kind) => join(this.folder(kind), stack));
    await Promise.all([...files, ...folders].map((p) => rm(p, { recursive: true, force: true })));
  }

  lockFolder(stack: string): string {
    return join(this.root, ".pulumi", "locks", "organization", this.project, stack);
  }

  private checkpointPath(stack: string): string {
    return join(this.folder("stacks"), `${stack}.json`);
  }

  private folder(kind: string): string {
    return join(this.root, ".pulumi", kind, this.project);
  }
}

/** Writes a file so that after a crash it is there whole or not at all. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replace(path, text);
}

async function replace(path: string, text: string): Promise<void> {
  const spare = `${path}.new`;
  await writeFile(spare, text, { mode: 0o600, flush: true });
  await rename(spare, path);
}
