/** What a person can read and act on; printed as `error: …` without a stack. */
export class UserError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Nothing more starts: something failed elsewhere, or the user stopped the run. Already told. */
export class HaltedError extends Error {}

/** The CLI's exit codes, as measured. */
export const EXIT = {
  ok: 0,
  failed: 1,
  unconfirmed: 2,
  noStack: 6,
  unexpectedChanges: 7,
  cancelled: 8,
} as const;

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** How to go on where protection stands in the way. */
export const howToUnprotect = (urn: string): string =>
  "To unprotect the resource, either remove the `protect` flag from the resource in your Pulumi " +
  `program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${urn}'\``;
