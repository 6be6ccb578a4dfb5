import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { struct } from "#local/engine/grpc";
import { SECRET, SIGNATURE } from "#local/engine/marks";
import {
  isProps,
  type Props,
  ResourceRef,
  Secret,
  UNKNOWN,
  Unknown,
  type Value,
} from "#local/engine/value";

const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Property values as the gRPC protocol carries them. */
export type Wire = null | boolean | number | string | Wire[] | WireProps;
export type WireProps = { [key: string]: Wire };

/**
 * The protocol's form of a value: signatures around secrets and references, a text for unknowns.
 * `seal` makes another form of secrets. Keys are sorted, as the CLI sorts them.
 */
export function toWire(value: Value, seal = sealOpen): Wire {
  if (value instanceof Unknown) return UNKNOWN_TEXT;
  if (value instanceof Secret) return seal(value.value);
  if (value instanceof ResourceRef) {
    const { urn, id, packageVersion } = value;
    return { [SIGNATURE]: REFERENCE, urn, ...(id !== undefined && { id }), packageVersion };
  }
  if (Array.isArray(value)) return value.map((item) => toWire(item, seal));
  if (!isProps(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, toWire(item, seal)]));
}

const sealOpen = (value: Value): Wire => ({ [SIGNATURE]: SECRET, value: toWire(value) });

/**
 * Reads the protocol's form. Output values are flattened to what they say: an unknown, a secret or
 * the bare value. Assets and archives stay what they are on the wire. `open` reads another form of
 * secrets.
 */
export function fromWire(wire: Wire, open = openSealed): Value {
  if (wire === UNKNOWN_TEXT) return UNKNOWN;
  if (Array.isArray(wire)) return wire.map((item) => fromWire(item, open));
  if (typeof wire !== "object" || wire === null) return wire;
  switch (wire[SIGNATURE]) {
    case SECRET:
      return new Secret(open(wire));
    case OUTPUT: {
      const inner = wire.value === undefined ? UNKNOWN : fromWire(wire.value, open);
      return wire.secret === true ? new Secret(inner) : inner;
    }
    case REFERENCE: {
      const id = wire.id === undefined ? undefined : String(wire.id);
      return new ResourceRef(String(wire.urn), id, String(wire.packageVersion ?? ""));
    }
    default: {
      const entries = Object.entries(wire).map(([key, item]) => [key, fromWire(item, open)]);
      return Object.fromEntries(entries) as Props;
    }
  }
}

const openSealed = (secret: WireProps): Value => fromWire(secret.value ?? null);

/** A protobuf struct for `props`. */
export function toStruct(props: Props): Struct {
  return struct.Struct.fromJavaScript(
    toWire(props) as Parameters<typeof struct.Struct.fromJavaScript>[0],
  );
}

/** The properties in a protobuf struct; none is an empty set. */
export function fromStruct(message: Struct | undefined): Props {
  return message === undefined ? {} : (fromWire(message.toJavaScript() as Wire) as Props);
}

/** The URNs that the output values in a struct depend on, by its top-level keys. */
export function dependenciesIn(message: Struct): Record<string, string[]> {
  const urnsIn = (wire: Wire | undefined): string[] => {
    if (typeof wire !== "object" || wire === null) return [];
    const own = !Array.isArray(wire) && wire[SIGNATURE] === OUTPUT ? wire.dependencies : [];
    return [...((own ?? []) as string[]), ...Object.values(wire).flatMap(urnsIn)];
  };
  const entries = Object.entries(message.toJavaScript() as WireProps);
  return Object.fromEntries(entries.map(([key, wire]) => [key, [...new Set(urnsIn(wire))]]));
}
