import * as proxies from "@pulumi/policy/proxy.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { SECRET, SIGNATURE } from "#local/engine/marks";

// From the file that defines it: the SDK's index loads npm and TypeScript too.
const { unknownCheckingProxy, UnknownValueError } = proxies as unknown as Pick<
  typeof import("@pulumi/policy"),
  "unknownCheckingProxy" | "UnknownValueError"
>;

export { UnknownValueError };

type Fields = Record<string, unknown>;

/** A secret value, as a remediation meets it. */
class Secret {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** Properties as policies are shown them: secrets open; reading what is not known yet throws. */
export function shownProps(properties: Struct | undefined): Fields {
  const props = unpacked(properties?.toJavaScript() ?? {}, (inner) => inner);
  return unknownCheckingProxy(props) as Fields;
}

/** Properties as remediations are: what they write in a secret's place becomes secret. */
export function mendableProps(properties: Struct | undefined): Fields {
  const props = unpacked(properties?.toJavaScript() ?? {}, (inner) => new Secret(inner));
  return unknownCheckingProxy(keepingSecrets(props)) as Fields;
}

/** What a remediation made of properties, in the protocol's form. */
export function packed(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { __isSpecialProxy: proxied, __getSpecialProxyTarget: target } = value as Fields;
  if (proxied) return packed(target);
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: packed(value.value) ?? null };
  if (Array.isArray(value)) return value.map((item) => packed(item) ?? null);
  const entries = Object.entries(value).map(([key, item]) => [key, packed(item)]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

function unpacked(value: unknown, secret: (inner: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unpacked(item, secret));
  const fields = value as Fields;
  if (fields[SIGNATURE] === SECRET) return secret(unpacked(fields.value, secret));
  for (const key of Object.keys(fields)) fields[key] = unpacked(fields[key], secret);
  return fields;
}

function keepingSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value as Fields, {
    get: (target, key: string) => {
      if (key === "__isSpecialProxy") return true;
      if (key === "__getSpecialProxyTarget") return target;
      const field = target[key];
      return keepingSecrets(field instanceof Secret ? field.value : field);
    },
    set: (target, key: string, written) => {
      target[key] = target[key] instanceof Secret ? new Secret(written) : written;
      return true;
    },
  });
}
