import type { Located, Place } from "#config/located";
import { hint, type Problem } from "#config/problems";

/** Where bases are; an agent's own file is above. */
export const BASES = "agents/bases/";

const asWritten = (file: string) => file.slice(BASES.length);

/** What `extends` says of a file: the bases, and where each of them is named. */
interface Parent {
  file: string;
  place: Place;
}

/** Lays what a file says over what its bases say: maps key by key, all else as a whole. */
export function merge(base: Located, own: Located): Located {
  if (base.kind !== "map" || own.kind !== "map") return own;
  const entries = new Map(base.entries);
  for (const [key, value] of own.entries) {
    const below = entries.get(key);
    entries.set(key, below ? merge(below, value) : value);
  }
  return { ...own, entries };
}

/**
 * What each agent's file says together with its bases', by the file's name. Bases may have bases; of
 * several the later one goes before the earlier, and the file itself before all of them.
 */
export function inherit(files: ReadonlyMap<string, Located>): {
  agents: Map<string, Located>;
  problems: Problem[];
} {
  const problems: Problem[] = [];
  const bases = [...files.keys()].filter((file) => file.startsWith(BASES));
  const parents = new Map<string, Parent[]>();
  for (const [file, root] of files) parents.set(file, parentsOf(file, root, bases, problems));
  const looped = loops(parents, problems);
  const whole = new Map<string, Located>();
  const wholeOf = (file: string): Located => {
    const known = whole.get(file);
    if (known) return known;
    const below = looped.has(file) ? [] : (parents.get(file) ?? []);
    const layers = [...below.map((parent) => wholeOf(parent.file)), own(files.get(file)!)];
    const all = layers.reduce(merge);
    whole.set(file, all);
    return all;
  };
  const used = new Set([...parents.values()].flat().map(({ file }) => file));
  for (const file of bases) {
    if (used.has(file)) continue;
    const message = "no agent extends it; remove it, or name it under an agent's extends";
    problems.push({ file, line: 1, key: "", message });
  }
  const agents = [...files.keys()].filter((file) => !file.startsWith(BASES));
  return { agents: new Map(agents.map((file) => [file, wholeOf(file)])), problems };
}

/** What a file says without the line that names its bases. */
function own(root: Located): Located {
  if (root.kind !== "map") return root;
  return { ...root, entries: new Map([...root.entries].filter(([key]) => key !== "extends")) };
}

function parentsOf(file: string, root: Located, bases: string[], problems: Problem[]): Parent[] {
  if (root.kind !== "map") return [];
  const tell = (place: Place, key: string, message: string) =>
    problems.push({ ...place, key, message });
  const name = root.entries.get("name");
  if (file.startsWith(BASES) && name) {
    tell(name.place, "name", "a base has none: it is no agent by itself; leave it out");
  }
  const named = root.entries.get("extends");
  if (!named) return [];
  const items = named.kind === "list" ? named.items : [named];
  return items.flatMap((item): Parent[] => {
    const value = item.kind === "scalar" ? item.value : undefined;
    const target = `${BASES}${value}`;
    if (typeof value === "string" && bases.includes(target)) {
      return [{ file: target, place: item.place }];
    }
    const found = typeof value === "string" ? value : "something else than a name";
    const known = hint(found, bases.map(asWritten));
    tell(item.place, "extends", `found ${found}, which is no file in ${BASES}${known}`);
    return [];
  });
}

/** The files that extend themselves, each cycle told once with the line of every member. */
function loops(parents: ReadonlyMap<string, Parent[]>, problems: Problem[]): Set<string> {
  const looped = new Set<string>();
  const clear = new Set<string>();
  const walk = (file: string, trail: { file: string; place: Place }[]) => {
    if (clear.has(file)) return;
    for (const parent of parents.get(file) ?? []) {
      const steps = [...trail, { file, place: parent.place }];
      const start = steps.findIndex((step) => step.file === parent.file);
      if (start < 0) walk(parent.file, steps);
      else {
        const cycle = steps.slice(start);
        if (!cycle.some((step) => looped.has(step.file))) problems.push(told(cycle));
        for (const step of cycle) looped.add(step.file);
      }
    }
    clear.add(file);
  };
  for (const file of parents.keys()) walk(file, []);
  return looped;
}

function told(cycle: { file: string; place: Place }[]): Problem {
  const [first] = cycle;
  const members = [...cycle, first!].map(({ place }) => `${place.file}:${place.line}`);
  const message = `${members.join(" extends ")}: none of them has a beginning; remove one of these lines`;
  return { ...first!.place, key: "extends", message };
}
