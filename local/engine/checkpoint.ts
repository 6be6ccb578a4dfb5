import { createHash } from "node:crypto";
import { UserError } from "#local/engine/errors";
import { SECRET, SIGNATURE } from "#local/engine/marks";
import type { Crypter } from "#local/engine/secrets";
import type { PendingOperation, Resource, Snapshot } from "#local/engine/state";
import type { Props, Value } from "#local/engine/value";
import { fromWire, toWire, type Wire, type WireProps } from "#local/engine/wire";

/** Written into manifests; the CLI shows it as the version that made the state. */
const VERSION = "v3.260.0-local";
const FIELDS = (
  "urn custom delete id type inputs outputs parent protect taint external dependencies " +
  "initErrors provider propertyDependencies pendingReplacement additionalSecretOutputs aliases " +
  "customTimeouts importID retainOnDelete deletedWith replaceWith created modified " +
  "sourcePosition stackTrace ignoreChanges hideDiff replaceOnChanges replacementTrigger " +
  "refreshBeforeUpdate viewOf resourceHooks"
).split(" ");

/** How a secret is written: encrypted for state, opened for an export, hidden for display. */
export type SecretStyle = Crypter | "plaintext" | "hidden";

/** A value in the checkpoint's form. */
export const encodeValue = (value: Value, style: SecretStyle): Wire =>
  toWire(value, (secret): Wire => {
    if (style === "hidden") return "[secret]";
    // A secret inside a secret is not encrypted twice: its wrapper holds the plain JSON.
    const text = JSON.stringify(encodeValue(secret, style === "plaintext" ? style : PLAIN));
    return style === "plaintext"
      ? { [SIGNATURE]: SECRET, plaintext: text }
      : { [SIGNATURE]: SECRET, ciphertext: style.encrypt(text) };
  });

const PLAIN: Crypter = { encrypt: (text) => text, decrypt: (text) => text };

/** Reads the checkpoint's form of a value; a ciphertext that can't be opened throws. */
export const decodeValue = (json: Wire, crypter: Crypter): Value =>
  fromWire(json, ({ plaintext, ciphertext }) => {
    const text = plaintext === undefined ? crypter.decrypt(String(ciphertext)) : String(plaintext);
    return decodeValue(JSON.parse(text) as Wire, PLAIN);
  });

/** A resource in the checkpoint's form: its fields in the CLI's order, the empty ones left out. */
export function encodeResource(resource: Resource, style: SecretStyle): WireProps {
  const json: WireProps = {};
  for (const field of FIELDS) {
    const value: unknown = resource[field as keyof Resource];
    if (isEmpty(value) && field !== "custom") continue;
    json[field] =
      field === "inputs" || field === "outputs"
        ? encodeValue(value as Props, style)
        : (value as Wire);
  }
  return json;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === false || value === "") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Reads a resource in the checkpoint's form. Fields that this engine does not use are kept. */
function decodeResource(json: WireProps, crypter: Crypter): Resource {
  const { inputs = {}, outputs = {}, ...rest } = json;
  const lists = { dependencies: [], additionalSecretOutputs: [], initErrors: [] };
  return {
    ...lists,
    propertyDependencies: {},
    ...(rest as unknown as Omit<Resource, keyof typeof lists | "propertyDependencies">),
    inputs: decodeValue(inputs, crypter) as Props,
    outputs: decodeValue(outputs, crypter) as Props,
  };
}

/** Resources do not change once made, so that each is encrypted and written out only once. */
const written = new WeakMap<Resource, string>();
function resourceText(resource: Resource, crypter: Crypter): string {
  let text = written.get(resource);
  if (text === undefined) {
    text = JSON.stringify(encodeResource(resource, crypter));
    written.set(resource, text);
  }
  return text;
}

/** The text of a checkpoint file: one line, in the CLI's order of fields. */
export function encodeCheckpoint(
  stack: string,
  snapshot: Snapshot,
  crypter: Crypter & { state: string },
): string {
  const magic = createHash("sha256").update(VERSION).digest("hex");
  const manifest = { time: timestamp(), magic, version: VERSION };
  const provider = { type: "passphrase", state: { salt: crypter.state } };
  const resources = snapshot.resources.map((r) => resourceText(r, crypter));
  const pending = snapshot.pending.map(
    ({ resource, type }) => `{"resource":${resourceText(resource, crypter)},"type":"${type}"}`,
  );
  const parts = [
    `"manifest":${JSON.stringify(manifest)}`,
    `"secrets_providers":${JSON.stringify(provider)}`,
    ...(resources.length > 0 ? [`"resources":[${resources.join(",")}]`] : []),
    ...(pending.length > 0 ? [`"pending_operations":[${pending.join(",")}]`] : []),
    `"metadata":${JSON.stringify(snapshot.metadata)}`,
  ];
  const latest = `{${parts.join(",")}}`;
  return `{"version":3,"checkpoint":{"stack":${JSON.stringify(stack)},"latest":${latest}}}`;
}

/** A deployment as a checkpoint, a backup or `stack export` holds it. */
export interface RawDeployment {
  manifest?: { version?: string; magic?: string; time?: string };
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: WireProps[];
  pending_operations?: { resource: WireProps; type: PendingOperation["type"] }[];
  metadata?: WireProps;
}

/** Parses a checkpoint file's text, without decrypting anything. */
export function parseCheckpoint(text: string): RawDeployment {
  const file = JSON.parse(text) as {
    version?: number;
    features?: string[];
    checkpoint?: { latest?: RawDeployment | null };
  };
  if (file.version !== 3 && file.version !== 4) {
    throw new UserError(`the state has version ${file.version}; this engine reads 3 and 4`);
  }
  if (file.features !== undefined && file.features.length > 0) {
    throw new UserError(
      `the state uses what this engine does not know: ${file.features.join(", ")}; use the Pulumi CLI`,
    );
  }
  return file.checkpoint?.latest ?? {};
}

/** Reads the resources of a deployment, and checks that they stand in an order that works. */
export function decodeDeployment(raw: RawDeployment, crypter: Crypter): Snapshot {
  const resources = (raw.resources ?? []).map((json) => decodeResource(json, crypter));
  const pending = (raw.pending_operations ?? []).map(({ resource, type }) => ({
    resource: decodeResource(resource, crypter),
    type,
  }));
  checkIntegrity(resources);
  return { resources, pending, metadata: raw.metadata ?? {} };
}

/** Throws unless every provider, parent and dependency stands before what needs it. */
export function checkIntegrity(resources: readonly Resource[]): void {
  const seen = new Set<string>();
  const live = new Set<string>();
  for (const resource of resources) {
    const { urn, type, parent, provider, dependencies } = resource;
    if (!urn || !type) throw new UserError("the state has a resource without URN or type");
    const needs = [parent, provider?.slice(0, provider.lastIndexOf("::")), ...dependencies];
    for (const need of needs) {
      if (need && !seen.has(need)) {
        throw new UserError(`the state is damaged: ${urn} stands before ${need}, which it needs`);
      }
    }
    if (!resource.delete && live.has(urn)) {
      throw new UserError(`the state is damaged: it has ${urn} twice`);
    }
    if (!resource.delete) live.add(urn);
    seen.add(urn);
  }
}

/** The time now, as state files have it: nanoseconds in form, milliseconds in fact. */
export const timestamp = (): string => new Date().toISOString().replace("Z", "000000Z");
