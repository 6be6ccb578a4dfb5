import { isBuiltIn } from "#local/engine/providers/kubernetes/discovery";
import { at, props, text } from "#local/engine/providers/kubernetes/json";
import { canonicalQuantity } from "#local/engine/providers/kubernetes/quantity";
import {
  containsSecret,
  containsUnknown,
  isProps,
  mapProps,
  type Props,
  Secret,
  UNKNOWN,
  Unknown,
  type Value,
} from "#local/engine/value";

/** Set by the server alone: never part of what a program asks for. */
const READ_ONLY =
  /^(creationTimestamp|deletion(GracePeriodSeconds|Timestamp)|generation|managedFields|resourceVersion|selfLink|uid)$/;

/** Maps of quantities, and single quantities, by the name of the field. */
const QUANTITY_MAPS = /^(requests|limits|hard|capacity|overhead)$/;
const LIMIT_RANGE_MAPS = /^(max|min|default|defaultRequest|maxLimitRequestRatio)$/;
const QUANTITIES = /^(sizeLimit|divisor|averageValue)$/;

/**
 * An object as the program means it, in the one form that state, policies and diffs see:
 * `stringData` folded into `data`, canonical quantities, no nulls, no read-only metadata, and
 * everything of a Secret secret. Idempotent. Kinds that Kubernetes doesn't define are left alone.
 */
export function normalize(object: Props): Props {
  const kind = text(object, "kind");
  let result = withoutReadOnly(object);
  if (isBuiltIn(text(object, "apiVersion"), kind)) {
    result = plain(result, kind) as Props;
    if (kind === "Secret") result = normalizeSecret(result);
  }
  return secretLists(result) as Props;
}

function withoutReadOnly(object: Props): Props {
  const { status: _status, ...rest } = object;
  const metadata = rest.metadata;
  if (!isProps(metadata)) return rest;
  const kept = Object.entries(metadata).filter(([key]) => !READ_ONLY.test(key));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

const isNull = (value: Value): boolean =>
  value === null || (value instanceof Secret && isNull(value.value));

function plain(value: Value, kind: string, field = ""): Value {
  if (value instanceof Secret) return new Secret(plain(value.value, kind, field));
  if (Array.isArray(value)) {
    return value.filter((item) => !isNull(item)).map((item) => plain(item, kind, field));
  }
  if (!isProps(value)) return value;
  const kept = withoutNulls(value);
  // Free-form maps: a key named like one of ours means nothing there.
  if (/^(labels|annotations|data|stringData|binaryData|matchLabels)$/.test(field)) return kept;
  return mapProps(kept, (item, key) => {
    if (QUANTITIES.test(key)) return quantity(item);
    const map = QUANTITY_MAPS.test(key) || (kind === "LimitRange" && LIMIT_RANGE_MAPS.test(key));
    return map ? quantities(item, kind, key) : plain(item, kind, key);
  });
}

function quantities(value: Value, kind: string, field: string): Value {
  if (value instanceof Secret) return new Secret(quantities(value.value, kind, field));
  return isProps(value) ? mapProps(withoutNulls(value), quantity) : plain(value, kind, field);
}

const withoutNulls = (value: Props): Props =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => !isNull(item)));

function quantity(value: Value): Value {
  if (value instanceof Secret) return new Secret(quantity(value.value));
  return typeof value === "string" || typeof value === "number" ? canonicalQuantity(value) : value;
}

function normalizeSecret(object: Props): Props {
  const { stringData, data, ...rest } = object;
  if (stringData === undefined && data === undefined) return rest;
  const open = (value: Value | undefined): Value | undefined =>
    value instanceof Secret ? open(value.value) : value;
  const encoded = open(data);
  const written = open(stringData);
  if (encoded instanceof Unknown || written instanceof Unknown) {
    return { ...rest, data: new Secret(UNKNOWN) };
  }
  const entries: Props = {};
  for (const [key, value] of Object.entries(props(encoded))) entries[key] = open(value) ?? "";
  for (const [key, value] of Object.entries(props(written))) {
    const content = open(value) ?? "";
    // What is no text is left for the server to refuse, unknowns for the update to fill in.
    entries[key] =
      typeof content === "object" ? content : Buffer.from(String(content)).toString("base64");
  }
  return { ...rest, data: new Secret(entries) };
}

/** A list with a secret in it is secret as a whole: its items have no names to keep apart. */
function secretLists(value: Value): Value {
  if (value instanceof Secret) return value;
  if (Array.isArray(value)) {
    return containsSecret(value) ? new Secret(value.map(secretless)) : value;
  }
  if (!isProps(value)) return value;
  return mapProps(value, secretLists);
}

function secretless(value: Value): Value {
  if (value instanceof Secret) return secretless(value.value);
  if (Array.isArray(value)) return value.map(secretless);
  return isProps(value) ? mapProps(value, secretless) : value;
}

export const AUTONAMED = "pulumi.com/autonamed";

/**
 * Gives an object without a name one: the recorded automatic name if it had one, else the logical
 * name and eight hex digits of the seed.
 */
export function withName(
  object: Props,
  olds: Props | undefined,
  name: string,
  seed: Buffer,
): Props {
  const metadata = object.metadata ?? {};
  if (!isProps(metadata)) return object;
  if (metadata.name !== undefined && metadata.name !== "") return object;
  const kept =
    text(olds, "metadata", "annotations", AUTONAMED) === "true" && text(olds, "metadata", "name");
  const annotations = { ...props(metadata, "annotations"), [AUTONAMED]: "true" };
  const chosen = kept || `${name}-${seed.subarray(0, 4).toString("hex")}`;
  return { ...object, metadata: { ...metadata, annotations, name: chosen } };
}

/** Puts a namespaced object without a namespace into the default one. */
export function withNamespace(object: Props, namespace: string): Props {
  const metadata = object.metadata ?? {};
  if (!isProps(metadata) || (metadata.namespace !== undefined && metadata.namespace !== "")) {
    return object;
  }
  return { ...object, metadata: { ...metadata, namespace } };
}

const refusal = (reason: string) => ({ property: "kind", reason });

/** What is wrong with a resource that no cluster has to be asked about. */
export function refusals(type: string, object: Props): { property: string; reason: string }[] {
  const kind = at(object, "kind");
  const apiVersion = at(object, "apiVersion");
  if (typeof kind !== "string" || typeof apiVersion !== "string") {
    if (kind instanceof Unknown || apiVersion instanceof Unknown) {
      return [refusal("apiVersion and kind must be known before an update")];
    }
    // A Release's chart may need its hooks: then only the CLI can make it.
    const way = type.includes("helm.sh/")
      ? "deploy the chart with helm.v4.Chart if it needs no hooks"
      : "use typed kinds";
    const what = `${type} is no Kubernetes object, and the local engine only knows those`;
    return [refusal(`${what}: ${way}, or use the Pulumi CLI`)];
  }
  if (text(object, "metadata", "generateName")) {
    const reason = "not supported: leave both names out for an automatic one";
    return [{ property: "metadata.generateName", reason: `generateName is ${reason}` }];
  }
  if (kind.endsWith("List") && isBuiltIn(apiVersion, kind.slice(0, -4))) {
    return [refusal(`${kind} holds several objects: declare each by itself`)];
  }
  if (isPatch(type) && !at(object, "metadata", "name")) {
    return [{ property: "metadata.name", reason: "a Patch needs the name of what it patches" }];
  }
  return [];
}

/** Whether a resource type is one of the SDK's `…Patch` kinds, which own fields, not objects. */
export const isPatch = (type: string): boolean => type.endsWith("Patch");

/** Whether the fields that make up an object's address are known. */
export const hasAddress = (object: Props): boolean =>
  !containsUnknown(at(object, "metadata", "name") ?? null) &&
  !containsUnknown(at(object, "metadata", "namespace") ?? null);
