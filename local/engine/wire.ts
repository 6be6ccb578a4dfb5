import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { struct } from "#local/engine/grpc";
import {
  isProps,
  type Props,
  ResourceRef,
  Secret,
  UNKNOWN,
  Unknown,
  type Value,
} from "#local/engine/value";

export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Property values as the gRPC protocol carries them. */
export type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };

const absent = undefined as unknown as Wire;

/** The protocol's form of a value: signatures around secrets and references, a text for unknowns. */
export function toWire(value: Value): Wire {
  if (value instanceof Unknown) return UNKNOWN_TEXT;
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: toWire(value.value) };
  if (value instanceof ResourceRef) {
    const { urn, id, packageVersion } = value;
    const reference: Wire = { [SIGNATURE]: REFERENCE, urn };
    if (id !== undefined) reference.id = id;
    return { ...reference, packageVersion };
  }
  if (Array.isArray(value)) return value.map(toWire);
  if (isProps(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toWire(item)]));
  }
  return value;
}

/**
 * Reads the protocol's form. Output values are flattened to what they say: an unknown, a secret or
 * the bare value. Assets and archives stay what they are on the wire.
 */
export function fromWire(wire: Wire): Value {
  if (wire === UNKNOWN_TEXT) return UNKNOWN;
  if (Array.isArray(wire)) return wire.map(fromWire);
  if (typeof wire !== "object" || wire === null) return wire;
  const { value = absent } = wire;
  switch (wire[SIGNATURE]) {
    case SECRET:
      return new Secret(fromWire(value));
    case OUTPUT: {
      const inner = value === undefined ? UNKNOWN : fromWire(value);
      return wire.secret === true ? new Secret(inner) : inner;
    }
    case REFERENCE:
      return new ResourceRef(
        String(wire.urn),
        wire.id === undefined ? undefined : String(wire.id),
        String(wire.packageVersion ?? ""),
      );
    default:
      return Object.fromEntries(Object.entries(wire).map(([key, item]) => [key, fromWire(item)]));
  }
}

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
