import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "plain";

/** How something is, told by its words, its colour and its shape. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {children}
    </span>
  );
}

const tones: Record<string, Tone> = {
  healthy: "good",
  degraded: "warn",
  unhealthy: "bad",
  critical: "bad",
  warning: "warn",
};

/** The tone of a state or a severity. */
export const toneOf = (word: string): Tone => tones[word] ?? "plain";
