import { UserError } from "#local/engine/errors";
import { isProps, type Props, Secret, type Value } from "#local/engine/value";

export type Path = (string | number)[];

/** Parses a property path such as `spec.ports[0]["a.b"].*`. */
export function parsePath(text: string): Path {
  const path: Path = [];
  const token = /\.?([^.[\]"]+)|\[(\d+)\]|\.?\[(\*)\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null)
      throw new UserError(`'${text}' is no property path (at character ${at + 1})`);
    const [, name, index, star, quoted] = match;
    if (index !== undefined) path.push(Number(index));
    else path.push(name ?? star ?? (quoted ?? "").replace(/\\(.)/g, "$1"));
  }
  return path;
}

/** The text of a property path. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[\w$*-]+$/.test(part)) return `["${part.replace(/["\\]/g, "\\$&")}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}

/** Whether `path` is `pattern` or lies inside it; `*` stands for any one step. */
export function covers(pattern: Path, path: Path): boolean {
  return (
    pattern.length <= path.length &&
    pattern.every((part, index) => part === "*" || String(part) === String(path[index]))
  );
}

/** `news` with what `pattern` names taken from `olds`: what the program told the engine to ignore. */
export function keepOld(news: Props, olds: Props, pattern: Path): Props {
  return keep(news, olds, pattern) as Props;
}

function keep(news: Value | undefined, olds: Value | undefined, path: Path): Value | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return olds;
  if (news instanceof Secret) {
    const inner = keep(news.value, olds, path);
    return inner === undefined ? undefined : new Secret(inner);
  }
  if (olds instanceof Secret) return keep(news, olds.value, path);
  if (Array.isArray(news)) {
    const old = Array.isArray(olds) ? olds : [];
    return news.map((item, index) =>
      step === "*" || Number(step) === index ? (keep(item, old[index], rest) ?? item) : item,
    );
  }
  if (news !== undefined && !isProps(news)) return news;
  const old = isProps(olds) ? olds : {};
  if (news === undefined && Object.keys(old).length === 0) return undefined;
  const result: Props = { ...news };
  const keys =
    step === "*" ? [...new Set([...Object.keys(result), ...Object.keys(old)])] : [`${step}`];
  for (const key of keys) {
    const value = keep(result[key], old[key], rest);
    if (value === undefined) delete result[key];
    else result[key] = value;
  }
  return result;
}
