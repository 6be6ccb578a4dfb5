import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { compliantMesh, type Example, inMesh, type Mesh, type PodExample } from "#examples/mesh";

type Fields = Record<string, unknown>;

/** An example as documentation shows it: what matters of the objects, right and wrong. */
export interface Difference {
  right: string;
  wrong: string;
}

export function asMeshExample(example: Example | PodExample): Example {
  return "breakPod" in example ? inMesh(example) : example;
}

const application = compliantMesh();

/** The application as the example breaks it. */
export function brokenMesh(example: Example): Mesh {
  const mesh = structuredClone(application);
  example.break(mesh);
  return mesh;
}

/** The objects that the example changes, each cut down to the change and what tells where it is. */
export function differenceOf(example: Example): Difference {
  // As in a file: a field without a value is not there.
  const right = application;
  const wrong = JSON.parse(JSON.stringify(brokenMesh(example))) as Mesh;
  const keys = [...new Set([...Object.keys(right), ...Object.keys(wrong)])];
  const pairs = keys
    .filter((key) => !isDeepStrictEqual(right[key], wrong[key]))
    .map((key) => objectPair(right[key], wrong[key]));
  return {
    right: asYaml(pairs.map(([before]) => before)),
    wrong: asYaml(pairs.map(([, after]) => after)),
  };
}

function asYaml(objects: unknown[]): string {
  const texts = objects
    .filter((object) => object !== undefined)
    .map((object) => stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 }));
  return texts.join("---\n");
}

function objectPair(right: Fields | undefined, wrong: Fields | undefined): [unknown, unknown] {
  if (!right || !wrong) return [right && whole(right), wrong && whole(wrong)];
  const [before, after] = pair(right, wrong) as [Fields, Fields];
  return [
    { ...heading(right), ...merged(right, before) },
    { ...heading(wrong), ...merged(wrong, after) },
  ];
}

/** What says which object it is. */
function heading({ apiVersion, kind, metadata }: Fields): Fields {
  const { name } = (metadata ?? {}) as Fields;
  return { apiVersion, kind, ...(name !== undefined && { metadata: { name } }) };
}

/** Everything but the labels: an object that is only in one of the two. */
function whole(object: Fields): Fields {
  const { labels: _, ...metadata } = (object.metadata ?? {}) as Fields;
  return { ...object, metadata };
}

/** A change in the metadata is shown beside the name. */
function merged(object: Fields, cut: Fields): Fields {
  const { name } = (object.metadata ?? {}) as Fields;
  if (cut.metadata === undefined) return cut;
  return { ...cut, metadata: { ...(name !== undefined && { name }), ...(cut.metadata as Fields) } };
}

/** Two values cut down to where they differ. */
function pair(right: unknown, wrong: unknown): [unknown, unknown] {
  if (isFields(right) && isFields(wrong)) return pairOfFields(right, wrong);
  if (
    Array.isArray(right) &&
    Array.isArray(wrong) &&
    right.every(isFields) &&
    wrong.every(isFields)
  ) {
    return pairOfLists(right, wrong);
  }
  return [right, wrong];
}

function pairOfFields(right: Fields, wrong: Fields): [Fields, Fields] {
  const before: Fields = {};
  const after: Fields = {};
  const keys = [...new Set([...Object.keys(right), ...Object.keys(wrong)])];
  const changed = keys.filter((key) => !isDeepStrictEqual(right[key], wrong[key]));
  // Where the change itself is, the short fields around it help to recognise the place.
  const last = changed.some((key) => !isContainer(right[key]) || !isContainer(wrong[key]));
  for (const key of keys) {
    const differs = changed.includes(key);
    if (!differs && key !== "name" && !(last && isShort(right[key]))) continue;
    const [one, other] = differs ? pair(right[key], wrong[key]) : [right[key], wrong[key]];
    if (key in right) before[key] = one;
    if (key in wrong) after[key] = other;
  }
  return [before, after];
}

/** Items side by side where there are as many; else those that the other list has not. */
function pairOfLists(right: Fields[], wrong: Fields[]): [unknown[], unknown[]] {
  if (right.length !== wrong.length) {
    const without = (items: Fields[], others: Fields[]) =>
      items.filter((item) => !others.some((other) => isDeepStrictEqual(item, other)));
    return [without(right, wrong), without(wrong, right)];
  }
  const pairs = right
    .map((item, index) => [item, wrong[index] as Fields] as const)
    .filter(([item, other]) => !isDeepStrictEqual(item, other))
    .map(([item, other]) => pairOfFields(item, other));
  return [pairs.map(([before]) => before), pairs.map(([, after]) => after)];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isContainer(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isShort(value: unknown): boolean {
  return JSON.stringify(value).length <= 60;
}

/** The lines of both, marked as in a diff. */
export function asDiff({ right, wrong }: Difference): string {
  const a = right.split("\n").slice(0, -1);
  const b = wrong.split("\n").slice(0, -1);
  // Length of the longest common part of what is left from each pair of lines on.
  const common = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const best = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
      (common[i] as number[])[j] = best;
    }
  }
  const lines: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`- ${a[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${b[j]}`);
      j += 1;
    }
  }
  return lines.map((line) => `${line}\n`).join("");
}
