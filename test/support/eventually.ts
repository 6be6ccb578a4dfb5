/**
 * Asks again and again until `question` gives a value other than undefined or false; after `seconds`
 * fails with the last error, or with `what`.
 */
export async function eventually<T>(
  what: string,
  seconds: number,
  question: () => Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const answer = await question();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${seconds} s${last ? `; last: ${last}` : ""}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
