import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequestStateCodec } from "@modelcontextprotocol/server";

/** What a call in several rounds remembers between them. */
export interface Rounds {
  tool: string;
  round: number;
  name?: string;
}

/**
 * Seals what travels through the client between the rounds of a call, and refuses what was tampered
 * with. Rounds may meet different replicas: they need one key, from a file of at least 32 bytes.
 */
const file = process.env.REQUEST_STATE_KEY_FILE;
export const states = createRequestStateCodec<Rounds>({
  key: file ? readFileSync(file) : randomBytes(32),
});
