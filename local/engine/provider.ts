import type { Props } from "#local/engine/value";

/**
 * What the engine asks of a provider. Those that exist are `providers/kubernetes`,
 * `providers/random` and `providers/tls`. Values keep their secrecy both ways; inputs may hold unknowns in a preview.
 */
export interface Provider {
  /** Takes the provider resource's inputs (without `version`); throws a sentence if it can't work. */
  configure(inputs: Props): Promise<void>;
  /** Checks and completes the program's inputs: defaults, automatic names, normal forms. */
  check(request: CheckRequest): Promise<CheckResult>;
  /** Compares recorded state with checked inputs, without asking the cluster. */
  diff(request: DiffRequest): Promise<Diff>;
  /** Creates the object and waits until it is ready. In a preview, predicts the outputs. */
  create(request: CreateRequest): Promise<Created>;
  update(request: UpdateRequest): Promise<{ outputs: Props }>;
  /** Deletes the object and waits until it is gone; one that is gone already is no error. */
  delete(request: ReadRequest): Promise<void>;
  /** The live object, or undefined if it is gone. */
  read(request: ReadRequest): Promise<Live | undefined>;
  /**
   * What the cluster holds now, without waiting for readiness, so that drift shows without a
   * refresh: undefined if the object is gone; the very `inputs` and `outputs` of the request where
   * nothing that the inputs set has changed, or where the cluster can't be asked; else the drifted
   * ones. To be diffed instead of the recorded state. Readiness is not judged: `initErrors` is
   * empty. Cheap, and any number may run at once: ask for all of a stack's resources at the
   * start, while the program loads.
   */
  live?(request: ReadRequest): Promise<Live | undefined>;
  /**
   * The object that a creation with these inputs made before the engine was killed, or undefined
   * if it made none; an object of somebody else's is not it. `id` and `outputs` are empty.
   */
  find?(request: ReadRequest): Promise<Live | undefined>;
  /** Renders a remote component (`kubernetes:helm.sh/v4:Chart`) into the resources to register. */
  construct?(request: ConstructRequest): Promise<ConstructedChild[]>;
  /** Releases connections, so that the process can end. */
  close?(): void;
}

/** Said of every operation on one resource. */
export interface Subject {
  urn: string;
  type: string;
  /** The logical name in the program. */
  name: string;
}

export interface Operation extends Subject {
  /** How long to wait for readiness or deletion, in seconds; the provider's default if absent. */
  timeoutSeconds?: number | undefined;
  /** A line of progress for the display, such as "2/3 ready, web-1: ImagePullBackOff". */
  status: (line: string) => void;
  /** Aborted on Ctrl-C: stop waiting, and leave the object as it is. */
  signal: AbortSignal;
}

export interface CheckRequest extends Subject {
  /** The recorded inputs; absent for a new resource and for a replacement. */
  olds: Props | undefined;
  news: Props;
  /** 32 bytes: the only source of randomness in a check. */
  seed: Buffer;
}
export interface CheckResult {
  inputs: Props;
  failures: { property: string; reason: string }[];
}

export interface DiffRequest extends Subject {
  id: string;
  oldInputs: Props;
  oldOutputs: Props;
  newInputs: Props;
}
export type DiffKind =
  | "add"
  | "add-replace"
  | "delete"
  | "delete-replace"
  | "update"
  | "update-replace";
export interface Diff {
  changes: boolean;
  /** Property paths that force a replacement, such as `spec.selector`. */
  replaceKeys: string[];
  /** Whether a replacement, for whatever reason, would take the old one's place in the world. */
  deleteBeforeReplace: boolean;
  /** By property path; `inputDiff` says that old inputs, not old outputs, were compared. */
  detailed: Record<string, { kind: DiffKind; inputDiff: boolean }>;
}

export interface CreateRequest extends Operation {
  inputs: Props;
  preview: boolean;
}
export interface Created {
  id: string;
  outputs: Props;
}
export interface UpdateRequest extends Operation {
  id: string;
  oldInputs: Props;
  oldOutputs: Props;
  newInputs: Props;
  /** Top-level or nested property paths that the program told the engine to ignore. */
  ignoreChanges: string[];
  preview: boolean;
}
export interface ReadRequest extends Operation {
  id: string;
  inputs: Props;
  outputs: Props;
}
export interface Live {
  id: string;
  inputs: Props;
  outputs: Props;
  /** Why the object is not ready, one cause a line; empty when it is. */
  initErrors: string[];
}

export interface ConstructRequest extends Subject {
  args: Props;
  preview: boolean;
}
export interface ConstructedChild {
  type: string;
  name: string;
  inputs: Props;
  /** Names of other children (CRDs, namespaces, `config.kubernetes.io/depends-on`) to wait for. */
  dependsOn: string[];
  retainOnDelete: boolean;
}

/** The object exists (or was changed) but did not become ready: state keeps it with its reasons. */
export class NotReadyError extends Error {
  readonly id: string;
  readonly outputs: Props;
  readonly reasons: string[];
  constructor(message: string, id: string, outputs: Props, reasons: string[]) {
    super(message);
    this.id = id;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}
