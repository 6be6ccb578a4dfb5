import {
  containsSecret,
  isProps,
  mapProps,
  Secret,
  sameValue,
  type Value,
} from "#local/engine/value";

/** Fields that tell the items of a list apart, the most telling first. */
const KEYS = ["mountPath", "devicePath", "containerPort", "name", "port", "key", "type", "ip"];

/** How item `index` of `items` finds its partner in another list: by key field, else by place. */
function partner(items: Value[], index: number, others: Value[]): Value | undefined {
  const own = items[index];
  const key = KEYS.find((candidate) => {
    const values = items.map((item) => (isProps(item) ? item[candidate] : undefined));
    return values.every((v) => v !== undefined) && new Set(values).size === items.length;
  });
  if (key === undefined || !isProps(own)) return others[index];
  return others.find((other) => isProps(other) && sameValue(other[key], own[key]));
}

/** The part of `live` that `shape` speaks of: what nobody set, such as server defaults, is left out. */
export function prune(live: Value, shape: Value): Value {
  if (live instanceof Secret) return new Secret(prune(live.value, shape));
  if (shape instanceof Secret) return prune(live, shape.value);
  if (isProps(live) && isProps(shape)) {
    return Object.fromEntries(
      Object.keys(shape)
        .filter((key) => live[key] !== undefined)
        .map((key) => [key, prune(live[key] as Value, shape[key] as Value)]),
    );
  }
  if (Array.isArray(live) && Array.isArray(shape)) {
    // A list nobody can match up item by item is compared as a whole.
    const pairs = shape.map((_, index) => partner(shape, index, live));
    if (shape.length > 0 && pairs.every((item) => item !== undefined) && pairs.every(isProps)) {
      return pairs.map((item, index) => prune(item, shape[index] as Value));
    }
    return live.length === shape.length
      ? live.map((item, index) => prune(item, shape[index] as Value))
      : live;
  }
  return live;
}

/**
 * `inputs`, with what changed between `before` and `now` (both pruned to the inputs' shape) taken
 * over. A field that the server rewrote when it was written is the same in both, and so stays.
 */
export function drift(inputs: Value, before: Value | undefined, now: Value | undefined): Value {
  if (inputs instanceof Secret) return new Secret(drift(inputs.value, before, now));
  const was = before instanceof Secret ? before.value : before;
  const is = now instanceof Secret ? now.value : now;
  if (sameValue(was, is)) return inputs;
  if (isProps(inputs) && isProps(was) && isProps(is)) {
    return Object.fromEntries(
      Object.keys(inputs)
        .filter((key) => is[key] !== undefined || was[key] === undefined)
        .map((key) => [key, drift(inputs[key] as Value, was[key], is[key])]),
    );
  }
  if (
    Array.isArray(inputs) &&
    Array.isArray(was) &&
    Array.isArray(is) &&
    inputs.length === was.length &&
    was.length === is.length
  ) {
    return inputs.map((item, index) => drift(item, was[index], is[index]));
  }
  return is ?? null;
}

/** `live`, secret wherever `inputs` is. A list with a secret in it is secret as a whole. */
export function secretLike(live: Value, inputs: Value): Value {
  if (inputs instanceof Secret) return live instanceof Secret ? live : new Secret(live);
  if (!containsSecret(inputs)) return live;
  if (isProps(live) && isProps(inputs)) {
    return mapProps(live, (item, key) =>
      inputs[key] === undefined ? item : secretLike(item, inputs[key]),
    );
  }
  return new Secret(live);
}
