/** Marks the mesh's errors. A registered symbol, because the agent and the runtime are bundled apart. */
const BRAND = Symbol.for("mcp-mesh.error");

/** What the mesh throws at an agent; `code` says why, in one word. */
export class MeshError extends Error {
  override readonly name: string = "MeshError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Recognises the error across bundles, where `instanceof` cannot. */
  static is(error: unknown): error is MeshError {
    return error instanceof Error && BRAND in error;
  }
}

/** Thrown by a dependency that cannot be called: no runtime, nobody offers it, or nobody answers. */
export class DependencyUnavailableError extends MeshError {
  override readonly name = "DependencyUnavailableError";
  readonly capability: string;

  constructor(capability: string, reason: string, options?: ErrorOptions) {
    super("unavailable", `The capability "${capability}" is unavailable: ${reason}`, options);
    this.capability = capability;
  }

  /** Recognises the error across bundles, where `instanceof` cannot. */
  static override is(error: unknown): error is DependencyUnavailableError {
    return MeshError.is(error) && error.code === "unavailable";
  }
}

/** Thrown by a dependency that did not answer in time: its own limit, or what the caller had left. */
export class DeadlineExceededError extends MeshError {
  override readonly name = "DeadlineExceededError";
  readonly capability: string;

  constructor(capability: string, timeoutMs: number, options?: ErrorOptions) {
    super(
      "deadline",
      `The capability "${capability}" did not answer within ${timeoutMs} ms`,
      options,
    );
    this.capability = capability;
  }

  /** Recognises the error across bundles, where `instanceof` cannot. */
  static override is(error: unknown): error is DeadlineExceededError {
    return MeshError.is(error) && error.code === "deadline";
  }
}
