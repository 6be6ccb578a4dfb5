import { isDeepStrictEqual } from "node:util";

type Values = Record<string, unknown>;

/** What `values` say otherwise than `defaults`; lists count as a whole. */
export function prune(values: Values, defaults: Values): Values {
  const kept: Values = {};
  for (const [key, value] of Object.entries(values)) {
    const fallback = defaults[key];
    if (value === undefined || isDeepStrictEqual(value, fallback)) continue;
    kept[key] = isValues(value) && isValues(fallback) ? prune(value, fallback) : value;
  }
  return kept;
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
