import { covers, formatPath, type Path, parsePath } from "#local/engine/paths";
import type { Diff } from "#local/engine/provider";
import type { Resource } from "#local/engine/state";
import { isProps, type Props, Secret, sameValue, UNKNOWN, type Value } from "#local/engine/value";

/** A difference between two values: where it is, and what changed there. */
export interface Difference {
  path: Path;
  kind: "add" | "delete" | "update";
}

/** Where `news` says something else than `olds`, down to the smallest part that does. */
export function differences(
  olds: Value | undefined,
  news: Value | undefined,
  path: Path = [],
): Difference[] {
  const [a, b] = [bare(olds), bare(news)];
  if (a === undefined && b === undefined) return [];
  if (a === undefined) return [{ path, kind: "add" }];
  if (b === undefined) return [{ path, kind: "delete" }];
  if (isProps(a) && isProps(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return keys.flatMap((key) => differences(a[key], b[key], [...path, key]));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => differences(a[i], b[i], [...path, i])).flat();
  }
  return sameValue(a, b) ? [] : [{ path, kind: "update" }];
}

function bare(value: Value | undefined): Value | undefined {
  return value instanceof Secret ? bare(value.value) : value;
}

/** A diff that only compares inputs: for components and provider resources. */
export function diffInputs(olds: Props, news: Props): Diff {
  const found = differences(olds, news);
  return {
    changes: found.length > 0,
    replaceKeys: [],
    deleteBeforeReplace: false,
    detailed: Object.fromEntries(
      found.map(({ path, kind }) => [formatPath(path), { kind, inputDiff: true }]),
    ),
  };
}

/** The diff with the replacements that the program itself asked for. */
export function withReplaceOnChanges(diff: Diff, patterns: readonly string[]): Diff {
  if (patterns.length === 0 || !diff.changes) return diff;
  const parsed = patterns.map(parsePath);
  const forced = Object.keys(diff.detailed).filter((key) => {
    const path = parsePath(key);
    return parsed.some((pattern) => covers(pattern, path) || covers(path, pattern));
  });
  return forced.length === 0
    ? diff
    : { ...diff, replaceKeys: [...new Set([...diff.replaceKeys, ...forced])] };
}

/** The top-level properties that a diff touches, as the CLI lists them: `+new,other-gone~changed`. */
export function changedKeys(diff: Diff): string {
  const marks = new Map<string, string>();
  for (const text of diff.replaceKeys) marks.set(String(parsePath(text)[0]), "~");
  for (const [text, { kind }] of Object.entries(diff.detailed)) {
    const [key, ...rest] = parsePath(text);
    const whole = rest.length === 0 && !kind.startsWith("update");
    marks.set(String(key), whole ? (kind.startsWith("add") ? "+" : "-") : "~");
  }
  const group = (mark: string) => {
    const keys = [...marks.keys()].filter((key) => marks.get(key) === mark).sort();
    return keys.length > 0 ? mark + keys.join(",") : "";
  };
  return group("+") + group("-") + group("~");
}

/** The inputs of a dependant when what it depends on is about to be replaced. */
export function unknownInputs(
  resource: Resource,
  replaced: ReadonlySet<string>,
): Props | undefined {
  const affected = Object.entries(resource.propertyDependencies).filter(
    ([key, urns]) => key in resource.inputs && urns.some((urn) => replaced.has(urn)),
  );
  if (affected.length === 0) return undefined;
  return { ...resource.inputs, ...Object.fromEntries(affected.map(([key]) => [key, UNKNOWN])) };
}
