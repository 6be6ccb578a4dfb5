import { eventually } from "#test/support/eventually";

/** What both SDKs' clients have in common. */
interface Caller {
  callTool(call: { name: string; arguments?: Record<string, unknown> }): Promise<object>;
}

/** The text of a result. */
export const textOf = (result: object): string =>
  ("content" in result ? (result.content as { text?: string }[]) : [])[0]?.text ?? "";

export interface Ended {
  completed: number;
  cancelled: number;
}

/** How the countdowns of a reference agent ended so far. */
export async function ended(client: Caller): Promise<Ended> {
  return JSON.parse(textOf(await client.callTool({ name: "countdowns" })));
}

/** Waits until one more countdown ended, and says in which way. */
export function oneMore(client: Caller, before: Ended): Promise<keyof Ended> {
  return eventually("the end of the countdown", 10, async () => {
    const now = await ended(client);
    if (now.cancelled > before.cancelled) return "cancelled";
    return now.completed > before.completed && "completed";
  });
}
