/** What a relay says of a request to another: that it has been passed on once already. */
export const RELAYED = "mcp-session-relay";

export const SESSION = "mcp-session-id";

/** Headers about one connection, which the next one has its own of. */
const HOP_BY_HOP = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Names and values in turn, as Node and undici both give and take them. */
export type RawHeaders = string[];

/**
 * The headers that go on, in their order and as they are written, without those of the connection
 * and those that `change` gives undefined for.
 */
export function passedOn(
  raw: readonly string[],
  change: (name: string, value: string) => string | undefined,
): RawHeaders {
  const own = connectionOptions(raw);
  const passed: RawHeaders = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name = "", value = ""] = [raw[at], raw[at + 1]];
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || own?.includes(lower)) continue;
    const changed = change(lower, value);
    if (changed !== undefined) passed.push(name, changed);
  }
  return passed;
}

/** The headers that Connection names as its own. */
function connectionOptions(raw: readonly string[]): string[] | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() !== "connection") continue;
    const options = raw[at + 1]?.toLowerCase().split(",") ?? [];
    return options.map((option) => option.trim());
  }
  return undefined;
}
