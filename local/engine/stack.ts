import { FileBackend, ownStateFolder } from "#local/engine/backend";
import {
  decodeDeployment,
  encodeCheckpoint,
  parseCheckpoint,
  type RawDeployment,
} from "#local/engine/checkpoint";
import { EXIT, UserError } from "#local/engine/errors";
import { type Config, loadConfig, type Project, StackFile } from "#local/engine/project";
import { findPassphrase, PassphraseSecrets } from "#local/engine/secrets";
import { EMPTY, isStack, type Snapshot } from "#local/engine/state";
import { containsSecret, type Props } from "#local/engine/value";

/** Where a project's stacks keep their state. */
export function backendOf(project: Project): Promise<FileBackend> {
  const url = process.env.PULUMI_BACKEND_URL || project.backendUrl;
  return FileBackend.open(url, project.name, project.root);
}

/** A stack of a project: its file, its state, and the key to both. */
export class Stack {
  readonly project: Project;
  readonly backend: FileBackend;
  readonly name: string;
  readonly file: StackFile;
  private readonly text: string | undefined;
  private readonly note: (line: string) => void;
  private opened: Promise<PassphraseSecrets> | undefined;

  private constructor(
    project: Project,
    backend: FileBackend,
    name: string,
    text: string | undefined,
    note: (line: string) => void,
  ) {
    this.project = project;
    this.backend = backend;
    this.name = name;
    this.file = new StackFile(project, name);
    this.text = text;
    this.note = note;
  }

  /**
   * Opens a stack, which may have a file and no state yet. With neither, there is no such stack
   * unless it is about to be made.
   */
  static async open(
    project: Project,
    name: string,
    note: (line: string) => void,
    making = false,
  ): Promise<Stack> {
    const backend = await backendOf(project);
    const stack = new Stack(project, backend, name, await backend.load(name), note);
    if (!stack.exists && !stack.file.exists && !making) {
      throw new UserError(`no stack named '${name}' found`, EXIT.noStack);
    }
    return stack;
  }

  /** Whether it has state. */
  get exists(): boolean {
    return this.text !== undefined;
  }

  get raw(): RawDeployment {
    return this.text === undefined ? {} : parseCheckpoint(this.text);
  }

  /** The key of the state and of the configuration; made anew for a stack that has none. */
  secrets(): Promise<PassphraseSecrets> {
    this.opened ??= this.openSecrets();
    this.opened.catch(() => undefined);
    return this.opened;
  }

  private async openSecrets(): Promise<PassphraseSecrets> {
    const salt = this.file.salt ?? saltOf(this.raw);
    const passphrase = await this.passphrase();
    return salt === undefined
      ? PassphraseSecrets.create(passphrase)
      : PassphraseSecrets.open(salt, passphrase);
  }

  private passphrase(): Promise<string> {
    return findPassphrase(this.backend.isOwn ? ownStateFolder() : undefined, this.note);
  }

  async config(): Promise<Config> {
    const crypter = this.file.hasSecrets ? await this.secrets() : undefined;
    return loadConfig(this.project, this.file, crypter);
  }

  snapshot(): Promise<Snapshot> {
    return this.decode(this.raw);
  }

  /** Reads a deployment, such as an exported one, with the stack's passphrase. */
  async decode(raw: RawDeployment): Promise<Snapshot> {
    if (raw.resources === undefined && raw.pending_operations === undefined) return EMPTY;
    const salt = saltOf(raw);
    if (salt === undefined) return decodeDeployment(raw, NO_KEY);
    const secrets = await this.secrets();
    if (salt === secrets.state) return decodeDeployment(raw, secrets);
    // The stack file got another salt since: old state is read with its own.
    return decodeDeployment(raw, await PassphraseSecrets.open(salt, await this.passphrase()));
  }

  /** Writes state; returns the text that was written. */
  async save(snapshot: Snapshot): Promise<string> {
    const label = `organization/${this.project.name}/${this.name}`;
    const text = encodeCheckpoint(label, snapshot, await this.secrets());
    await this.backend.save(this.name, text);
    return text;
  }
}

const NO_KEY = {
  encrypt: (text: string) => text,
  decrypt(): string {
    throw new UserError("the state has secrets, but no secrets manager could be found");
  },
};

function saltOf(raw: RawDeployment): string | undefined {
  const { secrets_providers: provider } = raw;
  if (provider !== undefined && provider.type !== "" && provider.type !== "passphrase") {
    throw new UserError(
      `the state's secrets are kept by '${provider.type}'; the local engine knows passphrases only`,
    );
  }
  return provider?.state?.salt;
}

/** The outputs of another stack, named as the program names it: `[[organization/]project/]stack`. */
export async function readOtherStack(
  home: Stack,
  name: string,
): Promise<{ outputs: Props; secretNames: string[] }> {
  const parts = name.split("/");
  const stackName = parts.at(-1) ?? name;
  const project = { ...home.project, name: parts.at(-2) ?? home.project.name };
  const other = await Stack.open(project, stackName, () => undefined, true);
  if (!other.exists) {
    throw new UserError(
      `the stack '${name}' that is referred to has no state in ${other.backend.root}: ` +
        "bring it up first, or correct the name ([organization/]project/stack)",
    );
  }
  const { resources } = await other.snapshot();
  const outputs = resources.find(isStack)?.outputs ?? {};
  const secretNames = Object.keys(outputs).filter((key) => containsSecret(outputs[key] ?? null));
  return { outputs, secretNames };
}
