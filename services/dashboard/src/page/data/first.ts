import type { SessionAnswer } from "../../api.ts";

/*
 * A script of its own, which is there long before the rest of the page: what the page will show first is
 * asked for while the rest is still on its way. On a slow network that is a round trip less.
 */

const answers = new Map<string, Promise<Response>>();

function ask(address: string): Promise<Response> {
  const answer = fetch(address);
  answers.set(address, answer);
  // Whoever takes the answer hears of a failure.
  answer.catch(() => {});
  return answer;
}

/** The answer that was asked for already, once; undefined for all others. */
export function early(address: string): Promise<Response> | undefined {
  const answer = answers.get(address);
  answers.delete(address);
  return answer;
}

ask("api/session")
  .then(async (answer) => {
    const { user }: SessionAnswer = await answer.clone().json();
    if (user) for (const address of ["api/mesh", "api/status"]) ask(address);
  })
  .catch(() => {});
