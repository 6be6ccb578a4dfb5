import { UserError } from "#local/engine/errors";

/** One thing to do, whose effect can be seen in the cluster: that is how a second run knows of it. */
export interface Step {
  /** What it does, as an order: "Stop the server". */
  title: string;
  done(): Promise<boolean>;
  /** Ends when it is done, or rejects. */
  run(): Promise<void>;
}

/** What an operator does in trouble: as a whole it is safe to begin, to interrupt and to repeat. */
export interface Procedure {
  name: string;
  what: string;
  /** Why it harms nothing: what it looks at before, and what it leaves as it was. */
  safe: string;
  /** How long it takes until all is well again. */
  rto: string;
  /** What of the data may be lost. */
  rpo: string;
  /** Why it must not be done now; each a sentence with the way out. They harm nothing and end soon. */
  refusals(): Promise<string[]>;
  steps: readonly Step[];
}

export type Say = (line: string) => void;

/** All of it in words. Asks the cluster whether anything stands against it, and changes nothing. */
export async function explain(procedure: Procedure, say: Say): Promise<void> {
  const { name, what, safe, rto, rpo, steps } = procedure;
  say(`${name}: ${what}\n`);
  steps.forEach(({ title }, index) => void say(`  ${index + 1}. ${title}`));
  say(`\nWhy it is safe: ${safe}`);
  say(`How long it takes (RTO): ${rto}`);
  say(`What may be lost (RPO): ${rpo}\n`);
  try {
    const reasons = await procedure.refusals();
    say(reasons.length === 0 ? "Now: nothing stands against it." : refusalText("Now", reasons));
  } catch (error) {
    say(`Now: the cluster could not be asked (${(error as Error).message}).`);
  }
}

/** Throws the reasons against it, if there are any. */
export async function admit(procedure: Procedure): Promise<void> {
  const reasons = await procedure.refusals();
  if (reasons.length > 0) throw new UserError(refusalText("Nothing was changed", reasons));
}

/** Does all that is not done yet, in order. */
export async function follow(procedure: Procedure, say: Say): Promise<void> {
  const since = Date.now();
  for (const [index, step] of procedure.steps.entries()) {
    const label = `${index + 1}/${procedure.steps.length} ${step.title}`;
    if (await step.done()) {
      say(`${label}: done already`);
      continue;
    }
    say(`${label} …`);
    const began = Date.now();
    await step.run();
    if (!(await step.done())) {
      throw new UserError(
        `"${step.title}" ended, but the cluster doesn't show it. Run the same command again: it goes on from here.`,
      );
    }
    say(`${label}: done in ${seconds(began)}`);
  }
  say(`${procedure.name}: done in ${seconds(since)}`);
}

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

const refusalText = (when: string, reasons: readonly string[]) =>
  [`${when}: it is refused, because`, ...reasons.map((reason) => `  - ${reason}`)].join("\n");
