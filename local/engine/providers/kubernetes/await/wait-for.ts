import { READY, type Rule, waiting } from "#local/engine/providers/kubernetes/await/rule";
import { annotation, at, condition, text } from "#local/engine/providers/kubernetes/json";
import type { Props } from "#local/engine/value";

interface Wish {
  source: string;
  holds(object: Props): boolean;
}

/**
 * The rule that the annotation `pulumi.com/waitFor` states, if it is there: `condition=Ready`,
 * `condition=Synced=False`, `jsonpath={.status.phase}=Running`, or a JSON list of these. Throws a
 * sentence if it can't be read.
 */
export function askedFor(object: Props): Rule | undefined {
  const told = annotation(object, "pulumi.com/waitFor").trim();
  if (!told) return undefined;
  const wishes = (told.startsWith("[") ? (JSON.parse(told) as string[]) : [told]).map(parse);
  return {
    judge(live) {
      const open = wishes.filter((wish) => !wish.holds(live)).map((wish) => wish.source);
      return open.length === 0 ? READY : waiting(`waiting for ${open.join(", ")}`);
    },
  };
}

function parse(source: string): Wish {
  const wanted = /^condition=([^=]+)(?:=(.*))?$/.exec(source);
  if (wanted) {
    const [, type = "", status = "True"] = wanted;
    const holds = (live: Props) =>
      text(condition(live, type), "status").toLowerCase() === status.toLowerCase();
    return { source, holds };
  }
  const path = /^jsonpath=\{?\$?([.[\]\w'"/-]+)\}?(?:==?(.*))?$/.exec(source);
  if (!path) {
    throw new Error(
      `pulumi.com/waitFor: "${source}" is neither condition=TYPE[=STATUS] nor jsonpath={.path.to[0].field}[=VALUE]`,
    );
  }
  const [, steps = "", value] = path;
  const parts = [...steps.matchAll(/\[(?:'([^']*)'|"([^"]*)"|(\d+))\]|([^.[\]]+)/g)].map((match) =>
    match[3] ? Number(match[3]) : (match[1] ?? match[2] ?? match[4] ?? ""),
  );
  return {
    source,
    holds(live) {
      const found = at(live, ...parts);
      if (value === undefined) return found !== undefined && found !== null;
      return typeof found === "object" ? JSON.stringify(found) === value : String(found) === value;
    },
  };
}
