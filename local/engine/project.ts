import { existsSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Document, parse, parseDocument } from "yaml";
import { writeDurably } from "#local/engine/backend";
import { UserError } from "#local/engine/errors";
import type { Crypter } from "#local/engine/secrets";

interface ProjectFile {
  name: string;
  runtime: string | { name: string; options?: Record<string, unknown> };
  main?: string;
  backend?: { url?: string };
  stackConfigDir?: string;
  config?: Record<string, ConfigDeclaration | string | number | boolean>;
}
interface ConfigDeclaration {
  default?: unknown;
  value?: unknown;
  secret?: boolean;
}

/** A project: its `Pulumi.yaml`, and where that stands. */
export interface Project {
  name: string;
  /** The folder of `Pulumi.yaml`. */
  root: string;
  file: string;
  main: string | undefined;
  backendUrl: string | undefined;
  runtimeOptions: Record<string, unknown>;
  stackConfigDir: string;
  config: Record<string, ConfigDeclaration>;
}

/** Finds `Pulumi.yaml` in `folder` or above it. */
export function loadProject(folder: string): Project {
  let root = resolve(folder);
  while (!existsSync(join(root, "Pulumi.yaml"))) {
    if (dirname(root) === root) {
      throw new UserError(
        `no Pulumi.yaml project file found (searching upwards from ${resolve(folder)}). ` +
          "Change into the project's folder or name it with --cwd.",
      );
    }
    root = dirname(root);
  }
  const path = join(root, "Pulumi.yaml");
  const file = parse(readFileSync(path, "utf8")) as ProjectFile | null;
  if (!file?.name) throw new UserError(`${path}: project is missing a 'name' attribute`);
  const runtime = typeof file.runtime === "string" ? { name: file.runtime } : file.runtime;
  if (runtime?.name !== "nodejs") {
    throw new UserError(`${path}: the local engine runs nodejs programs, not '${runtime?.name}'`);
  }
  const config = Object.entries(file.config ?? {}).map(([key, declared]) => [
    key.includes(":") ? key : `${file.name}:${key}`,
    typeof declared === "object" && declared !== null ? declared : { default: declared },
  ]);
  return {
    name: file.name,
    root,
    file: path,
    main: file.main,
    backendUrl: file.backend?.url,
    runtimeOptions: runtime.options ?? {},
    stackConfigDir: resolve(root, file.stackConfigDir ?? "."),
    config: Object.fromEntries(config),
  };
}

/** The runtime's options in a policy pack's `PulumiPolicy.yaml`. */
export function packOptions(folder: string): Record<string, unknown> {
  const path = join(folder, "PulumiPolicy.yaml");
  if (!existsSync(path))
    throw new UserError(`${folder} is no policy pack: it has no PulumiPolicy.yaml`);
  const { runtime } = (parse(readFileSync(path, "utf8")) ?? {}) as Partial<ProjectFile>;
  return typeof runtime === "object" ? (runtime.options ?? {}) : {};
}

/** One configuration value: as the program gets it, and whether it must stay hidden. */
export interface ConfigValue {
  text: string;
  secret: boolean;
}
export type Config = Map<string, ConfigValue>;

/** A stack's `Pulumi.<stack>.yaml`. Writing it keeps its comments. */
export class StackFile {
  private readonly path: string;
  readonly exists: boolean;
  private readonly document: Document;

  constructor(project: Project, stack: string) {
    this.path = join(project.stackConfigDir, `Pulumi.${stack}.yaml`);
    this.exists = existsSync(this.path);
    this.document = parseDocument(this.exists ? readFileSync(this.path, "utf8") : "");
    const [error] = this.document.errors;
    if (error !== undefined) throw new UserError(`${this.path}: ${error.message}`);
  }

  get salt(): string | undefined {
    return this.document.get("encryptionsalt") as string | undefined;
  }

  /** The `config` block as it stands, ciphertexts included. */
  get config(): Record<string, unknown> {
    const content = this.document.toJS() as { config?: Record<string, unknown> } | null;
    return content?.config ?? {};
  }

  /** Whether any value in it is encrypted. */
  get hasSecrets(): boolean {
    return Object.values(this.config).some(hasCiphertext);
  }

  setSalt(salt: string): void {
    this.document.set("encryptionsalt", salt);
  }

  /** Sets a key to a value or a ciphertext. */
  set(key: string, value: unknown): void {
    this.document.setIn(["config", key], value);
  }

  /** Returns whether the key was there. */
  remove(key: string): boolean {
    return this.document.deleteIn(["config", key]);
  }

  async delete(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async write(): Promise<void> {
    await writeDurably(this.path, this.document.toString());
  }
}

const isSecure = (value: unknown): value is { secure: string } =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === 1 &&
  typeof (value as { secure?: unknown }).secure === "string";

function hasCiphertext(value: unknown): boolean {
  if (isSecure(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasCiphertext);
}

/**
 * The configuration of a stack: the project's defaults under the stack file's values, decrypted.
 * Objects become JSON text.
 */
export function loadConfig(
  project: Project,
  file: StackFile,
  crypter: Crypter | undefined,
): Config {
  const config: Config = new Map();
  const reveal = (value: unknown): unknown => {
    if (isSecure(value)) return crypter?.decrypt(value.secure);
    if (Array.isArray(value)) return value.map(reveal);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
  };
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  for (const [key, declared] of Object.entries(project.config)) {
    const value = declared.value ?? declared.default;
    if (value !== undefined)
      config.set(key, { text: text(value), secret: declared.secret ?? false });
  }
  for (const [key, value] of Object.entries(file.config)) {
    const qualified = key.includes(":") ? key : `${project.name}:${key}`;
    config.set(qualified, { text: text(reveal(value)), secret: hasCiphertext(value) });
  }
  return config;
}

/** The text of a file that a flag names, with a sentence if it can't be read. */
export async function readNamed(flag: string, path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => {
    throw new UserError(`${flag} names ${path}, which can't be read`);
  });
}
