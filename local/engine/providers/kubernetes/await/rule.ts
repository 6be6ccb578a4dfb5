import type { Client } from "#local/engine/providers/kubernetes/client";
import type { Collection } from "#local/engine/providers/kubernetes/watch";
import type { Props } from "#local/engine/value";

/** How far an object is. */
export interface Verdict {
  ready: boolean;
  /** Whether it can't become ready any more: waiting ends at once. */
  failed?: boolean;
  /** One line for the display. */
  line: string;
  /** One cause a line, for an error. */
  reasons: string[];
}

/** When the objects of a kind are ready. */
export interface Rule {
  /** Other collections to watch while waiting, in the order in which `judge` gets them. */
  related?(object: Props): Collection[];
  judge(object: Props, related: Props[][], client: Client): Verdict | Promise<Verdict>;
}

export const READY: Verdict = { ready: true, line: "", reasons: [] };

/** Not ready, for `reasons`; the line is `progress` and then the reasons. */
export const waiting = (progress: string, reasons: string[] = []): Verdict => ({
  ready: false,
  line: [progress, ...reasons.slice(0, 3)].filter(Boolean).join(", "),
  reasons,
});
