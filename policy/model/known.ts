/** Thrown where a rule reads a value that a preview does not know yet. */
export class UnknownField extends Error {
  /** `spec.containers[0].image` */
  readonly path: string;

  constructor(path: string) {
    super(`${path} is not known yet`);
    this.path = path;
  }
}

/** Whether a field has a value that is known; a missing field is known to be missing. */
export function isKnown(owner: object, key: string | number): boolean {
  return !Object.getOwnPropertyDescriptor(owner, key)?.get;
}
