import type { Diff } from "#local/engine/provider";
import type { Resource } from "#local/engine/state";
import type { Props } from "#local/engine/value";

export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "discard"
  | "refresh";

/** One thing that an operation does, or in a preview would do, to one resource. */
export interface Step {
  op: Op;
  urn: string;
  type: string;
  old?: Resource;
  /** In a preview, with what is known of the outputs. */
  next?: Resource;
  diff?: Diff | undefined;
}

export interface Violation {
  pack: string;
  policy: string;
  level: "advisory" | "mandatory";
  severity: string;
  urn: string;
  message: string;
}

/** A policy pack that was loaded. */
export interface PackInfo {
  name: string;
  version: string;
  path: string;
}

/** How the end of an operation is told. */
export interface Outcome {
  result: "succeeded" | "failed" | "canceled";
  /** How many resources each operation met; default providers are not counted. */
  counts: Partial<Record<Op, number>>;
  seconds: number;
  packs: PackInfo[];
  /** The stack's outputs before and after; `fresh` if it had no state before. */
  outputs: { before: Props; after: Props; fresh: boolean };
}

export type Severity = "debug" | "info" | "warning" | "error";

/** Hears of everything that happens in an operation, in order. */
export interface Listener {
  /** The operation on a resource begins. Of one that stays the same, this is all that is said. */
  begin(step: Step): void;
  status(step: Step, line: string): void;
  end(step: Step, seconds: number): void;
  fail(step: Step, reason: string): void;
  message(urn: string | undefined, severity: Severity, text: string): void;
  violation(violation: Violation): void;
  note(line: string): void;
  finish(outcome: Outcome): void;
}
