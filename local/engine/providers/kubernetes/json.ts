import { isProps, type Props, Secret, type Value } from "#local/engine/value";

type Step = string | number;

/** What stands at `path` in `value`, looking through secrets; undefined if nothing does. */
export function at(value: Value | undefined, ...path: Step[]): Value | undefined {
  let current = value;
  for (const step of path) {
    while (current instanceof Secret) current = current.value;
    if (typeof step === "number") current = Array.isArray(current) ? current[step] : undefined;
    else if (isProps(current) && Object.hasOwn(current, step)) current = current[step];
    else return undefined;
  }
  while (current instanceof Secret) current = current.value;
  return current;
}

/** The string at `path`, or "" if there is none. */
export function text(value: Value | undefined, ...path: Step[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The number at `path`, or `otherwise` if there is none. */
export function count(value: Value | undefined, path: Step[], otherwise = 0): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : otherwise;
}

/** The object at `path`, or an empty one. */
export function props(value: Value | undefined, ...path: Step[]): Props {
  const found = at(value, ...path);
  return isProps(found) ? found : {};
}

/** The list at `path`, or an empty one. */
export function list(value: Value | undefined, ...path: Step[]): Value[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The value of an annotation; "" if it is not there. */
export const annotation = (object: Props, key: string): string =>
  text(object, "metadata", "annotations", key);

/** Whether an annotation says `true`. */
export const flagged = (object: Props, key: string): boolean => annotation(object, key) === "true";

/** The named entry of `status.conditions`, if it is there. */
export function condition(object: Props, type: string): Props | undefined {
  const found = list(object, "status", "conditions").find((item) => text(item, "type") === type);
  return isProps(found) ? found : undefined;
}

/** `Kind namespace/name`, as messages call an object. */
export function title(object: Props): string {
  const namespace = text(object, "metadata", "namespace");
  const name = text(object, "metadata", "name");
  return `${text(object, "kind")} ${namespace ? `${namespace}/` : ""}${name}`;
}
