import { UnknownField } from "#model/known";
import type { KubernetesObject } from "#model/kubernetes";
import { UnknownValueError } from "#model/unknown-value";

/**
 * A plain copy of a resource's properties, in which reading a value that is not known yet throws
 * UnknownField. The host's own proxies do the like, but cost each rule anew what this costs once.
 */
export function readable(props: Record<string, unknown>): KubernetesObject {
  return copy(props, "") as KubernetesObject;
}

function copy(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  const target: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    try {
      const field = copy((value as Record<string, unknown>)[key], at);
      (target as Record<string, unknown>)[key] = field;
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      const get = () => {
        throw new UnknownField(at);
      };
      Object.defineProperty(target, key, { get, enumerable: true });
    }
  }
  return target;
}
