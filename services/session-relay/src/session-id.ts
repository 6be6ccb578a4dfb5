import { isIP } from "node:net";

/** What a marked id names: a session, and the pod whose server has it. */
export interface Owned {
  id: string;
  address: string;
}

/**
 * The id that clients get: the server's own, a dot, and the pod's address, in letters that a header
 * may hold. The next request tells by it where its session is, whichever pod it reaches.
 */
export function mark(id: string, address: string): string {
  return `${id}.${Buffer.from(address).toString("base64url")}`;
}

/** What a client sent back; undefined if no relay can have made it. */
export function unmark(marked: string): Owned | undefined {
  const dot = marked.lastIndexOf(".");
  const id = marked.slice(0, Math.max(dot, 0));
  const address = Buffer.from(marked.slice(dot + 1), "base64url").toString("latin1");
  if (id === "" || isIP(address) === 0 || mark(id, address) !== marked) return undefined;
  return { id, address };
}
