/**
 * Property values as the engine holds them: plain JSON, plus the four things JSON lacks.
 * The wire form (protobuf structs with signatures) and the checkpoint form (ciphertexts) are
 * made and read at the edges, in `wire.ts` and `checkpoint.ts`, and nowhere else.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Value[]
  | Props
  | Secret
  | Unknown
  | ResourceRef;

export type Props = { [key: string]: Value };

/** A value that must never be shown, and is encrypted in state. Secrets may nest anywhere. */
export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** A value that only an update will know. There is one of them: compare with `UNKNOWN`. */
export class Unknown {
  private readonly brand = "unknown";
  toString(): string {
    return `<${this.brand}>`;
  }
}
export const UNKNOWN = new Unknown();

/** A reference to another resource of this deployment. */
export class ResourceRef {
  readonly urn: string;
  readonly id: string | undefined;
  readonly packageVersion: string;
  constructor(urn: string, id: string | undefined, packageVersion = "") {
    this.urn = urn;
    this.id = id;
    this.packageVersion = packageVersion;
  }
}

/** Whether `value` is a plain object (not an array, a secret, an unknown or a reference). */
export function isProps(value: Value | undefined): value is Props {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown) &&
    !(value instanceof ResourceRef)
  );
}

/** A copy of `props` with each value changed. */
export const mapProps = (props: Props, change: (value: Value, key: string) => Value): Props =>
  Object.fromEntries(Object.entries(props).map(([key, value]) => [key, change(value, key)]));

/** Whether `test` holds for `value` or for anything inside it, secrets included. */
export function some(value: Value, test: (inner: Value) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  if (value instanceof Secret) return some(value.value, test);
  if (isProps(value)) return Object.values(value).some((item) => some(item, test));
  return false;
}

export const containsUnknown = (value: Value): boolean => some(value, (v) => v instanceof Unknown);
export const containsSecret = (value: Value): boolean => some(value, (v) => v instanceof Secret);

/** A copy of `value` in which `change` has replaced what it wants to, from the outside in. */
export function rewrite(value: Value, change: (inner: Value) => Value): Value {
  const changed = change(value);
  if (Array.isArray(changed)) return changed.map((item) => rewrite(item, change));
  if (changed instanceof Secret) return new Secret(rewrite(changed.value, change));
  return isProps(changed) ? mapProps(changed, (item) => rewrite(item, change)) : changed;
}

/** A copy of `value` without its secrecy: for sending to a provider, never for showing or storing. */
export function reveal(value: Value): Value {
  return rewrite(value, (v) => {
    let inner = v;
    while (inner instanceof Secret) inner = inner.value;
    return inner;
  });
}

/** Deep equality of what two values say, their secrecy aside. Two unknowns are not equal. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Secret) return sameValue(a.value, b);
  if (b instanceof Secret) return sameValue(a, b.value);
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (a instanceof ResourceRef || b instanceof ResourceRef) {
    return a instanceof ResourceRef && b instanceof ResourceRef && a.urn === b.urn && a.id === b.id;
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameValue(item, b[index]))
    );
  }
  if (isProps(a) && isProps(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
    );
  }
  return a === b;
}
