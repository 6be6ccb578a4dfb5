/** A standard, and which rules hold the objects of a stack against its controls. */
export interface Framework {
  id: string;
  title: string;
  version: string;
  controls: readonly Control[];
}

export interface Control {
  id: string;
  title: string;
  /**
   * `automated`: the objects of a stack show whether it is kept. `manual`: only a look at the
   * cluster or at how people work does.
   */
  kind: "automated" | "manual";
  /** Ids of the rules that check it, or a part of it. */
  rules: readonly string[];
}

/** A control that objects show; without rules it is a gap. */
export function automated(id: string, title: string, ...rules: string[]): Control {
  return { id, title, kind: "automated", rules };
}

/** A control that objects don't show; rules may still help with it. */
export function manual(id: string, title: string, ...rules: string[]): Control {
  return { id, title, kind: "manual", rules };
}
