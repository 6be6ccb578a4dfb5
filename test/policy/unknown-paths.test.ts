import assert from "node:assert/strict";
import {
  type PolicyResource,
  type ResourceValidationArgs,
  type StackValidationArgs,
  unknownCheckingProxy,
} from "@pulumi/policy";
import fc from "fast-check";
import { compliantMesh } from "#policy/examples/mesh";
import { policiesOf } from "#policy/model/crossguard";
import { judgeOne } from "#policy/model/judge";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { isStackRule, looksAt, type ObjectRule } from "#policy/model/rule";
import { fromPulumi } from "#policy/model/subject";
import { rules } from "#policy/rules/all";
import { meshExamples } from "./support/objects.ts";

/** How Pulumi's protocol writes a string that is not known yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Rules that leave out what is not known, and judge the rest of the same object. */
const unhindered = ["M11"];

const objectRules = rules.filter((rule): rule is ObjectRule => !isStackRule(rule));
const policies = policiesOf(rules);

type Steps = readonly (string | number)[];

function resourceOf(body: KubernetesObject): PolicyResource {
  const { apiVersion = "", kind, metadata } = body;
  const type = `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
  const urn = `urn:pulumi:dev::mesh::${type}::${metadata?.name}`;
  const opts = { protect: true, ignoreChanges: [] };
  return { type, urn, name: `${metadata?.name}`, props: body, opts } as unknown as PolicyResource;
}

/** What every policy about single resources says of one, by the rule's id. */
function preview(resource: PolicyResource): Record<string, string[]> {
  const args = {
    ...resource,
    props: unknownCheckingProxy(resource.props),
    getConfig: () => ({}),
  } as unknown as ResourceValidationArgs;
  const found: Record<string, string[]> = {};
  for (const [index, policy] of policies.entries()) {
    if (!("validateResource" in policy) || typeof policy.validateResource !== "function") continue;
    const { id = "", pulumiOnly } = rules[index] ?? {};
    // What is secret only a remediation is shown.
    if (pulumiOnly === "secrecy") continue;
    policy.validateResource(args, (message) => {
      found[id] = [...(found[id] ?? []), String(message)];
    });
  }
  return found;
}

/** The same of every policy about stacks. */
function previewStack(resources: PolicyResource[]): string[] {
  const shown = resources.map((each) => ({ ...each, props: unknownCheckingProxy(each.props) }));
  const args = { resources: shown, getConfig: () => ({}) } as unknown as StackValidationArgs;
  const found: string[] = [];
  for (const policy of policies) {
    if ("validateStack" in policy)
      policy.validateStack(args, (message) => found.push(`${message}`));
  }
  return found;
}

/** Every path in a value, the inner ones too. */
function pathsIn(value: unknown, steps: Steps = []): Steps[] {
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return entries.flatMap(([key, inner]) => [[...steps, key], ...pathsIn(inner, [...steps, key])]);
}

/** A copy in which nobody knows the value at the path. */
function without<T>(object: T, steps: Steps): T {
  const copy = structuredClone(object);
  let owner: any = copy;
  for (const step of steps.slice(0, -1)) owner = owner[step];
  owner[steps.at(-1) as string] = unknown;
  return copy;
}

/** A copy that notes what is read of it. */
function watched<T>(value: T, read: Set<string>, steps: Steps = []): T {
  if (typeof value !== "object" || value === null) return value;
  const copy: any = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    const at = [...steps, Array.isArray(value) ? Number(key) : key];
    const inner = watched((value as any)[key], read, at);
    const get = () => {
      read.add(keyOf(at));
      return inner;
    };
    Object.defineProperty(copy, key, { get, enumerable: true });
  }
  return copy;
}

/** Messages and selectors do with what is known of a name. */
const isName = ([first, second]: Steps) =>
  first === "metadata" && (second === undefined || second === "name" || second === "namespace");

const keyOf = (steps: Steps) => JSON.stringify(steps);

/** The paths that each rule reads of an object. */
function readsOf(
  { type, props }: PolicyResource,
  whose: readonly ObjectRule[] = objectRules,
): Map<ObjectRule, Set<string>> {
  const reads = whose.map((rule) => {
    const read = new Set<string>();
    for (const subject of fromPulumi(type, watched(props as KubernetesObject, read))) {
      read.clear();
      if (looksAt(rule, subject)) judgeOne(rule, subject, {});
    }
    return [rule, read] as const;
  });
  return new Map(reads);
}

describe("a value that is not known, wherever it stands", () => {
  for (const [name, object] of Object.entries(compliantMesh())) {
    it(`in ${name} makes no violation, and U4 names each rule that reads it`, () => {
      const reads = readsOf(resourceOf(object));
      for (const steps of pathsIn(object)) {
        const found = preview({ ...resourceOf(object), props: without(object, steps) });
        const { U4 = [], ...others } = found;
        assert.deepEqual(others, {}, keyOf(steps));
        const named = U4.map((message) => / so (\w+) /.exec(message)?.[1] ?? message.slice(-60));
        const blocked = [...reads].filter(
          ([{ id, level }, read]) =>
            level === "mandatory" &&
            !isName(steps) &&
            read.has(keyOf(steps)) &&
            !unhindered.includes(id),
        );
        const missing = blocked.map(([{ id }]) => id).filter((id) => !U4.join().includes(`${id} `));
        assert.deepEqual(missing, [], `${keyOf(steps)} ${named}`);
      }
    }).timeout(60_000);
  }

  it("hides no violation of a rule that does not read it", () => {
    const broken = meshExamples.flatMap((example) => {
      const mesh = compliantMesh();
      example.break(mesh);
      const object = Object.values(mesh).find(
        ({ kind, metadata }) => `${kind}/${metadata?.name}` === example.object,
      );
      const rule = objectRules.find(({ id }) => id === example.rules[0]);
      return object && rule && !example.settings ? [{ object, rule }] : [];
    });
    const anyBreak = fc.constantFrom(...broken);
    const anyPath = anyBreak.chain(({ object, rule }) =>
      fc.constantFrom(...pathsIn(object)).map((steps) => ({ object, rule, steps })),
    );
    fc.assert(
      fc.property(anyPath, ({ object, rule, steps }) => {
        const resource = resourceOf(object);
        const after = preview({ ...resource, props: without(object, steps) })[rule.id];
        fc.pre(!isName(steps) && !readsOf(resource, [rule]).get(rule)?.has(keyOf(steps)));
        assert.deepEqual(after, preview(resource)[rule.id], `${rule.id} ${keyOf(steps)}`);
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);

  it("makes no violation of a rule about the whole stack, which says what it can't judge", () => {
    const mesh = Object.values(compliantMesh());
    assert.deepEqual(previewStack(mesh.map(resourceOf)), []);
    const anyObject = fc.integer({ min: 0, max: mesh.length - 1 });
    const anyPath = anyObject.chain((index) =>
      fc
        .constantFrom(...pathsIn(mesh[index]).filter((steps) => !isName(steps)))
        .map((steps) => ({ index, steps })),
    );
    fc.assert(
      fc.property(anyPath, ({ index, steps }) => {
        const resources = mesh.map((object, at) => ({
          ...resourceOf(object),
          props: at === index ? without(object, steps) : object,
        }));
        const others = previewStack(resources).filter((text) => !/is not known in this/.test(text));
        assert.deepEqual(others, []);
      }),
      { numRuns: 150 },
    );
  }).timeout(60_000);
});
