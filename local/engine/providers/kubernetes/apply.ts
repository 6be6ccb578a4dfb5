import { setTimeout as sleep } from "node:timers/promises";
import { keepOld, parsePath } from "#local/engine/paths";
import {
  type Created,
  type CreateRequest,
  NotReadyError,
  type Operation,
  type UpdateRequest,
} from "#local/engine/provider";
import { ApiError, type Client } from "#local/engine/providers/kubernetes/client";
import { flagged, list, props, text, title } from "#local/engine/providers/kubernetes/json";
import { isPatch } from "#local/engine/providers/kubernetes/normalize";
import {
  type ApplyOptions,
  apply,
  fetchObject,
  idOf,
  isOurs,
  locate,
  managerOf,
  outputsOf,
  type Session,
  UnknownKindError,
} from "#local/engine/providers/kubernetes/session";
import { prune, secretLike } from "#local/engine/providers/kubernetes/shape";
import { containsUnknown, isProps, type Props, reveal } from "#local/engine/value";

/** Creates an object by server-side apply and waits for it; see `Provider.create`. */
export async function createObject(session: Session, request: CreateRequest): Promise<Created> {
  const { inputs, signal } = request;
  if (request.preview) return { id: "", outputs: await predictCreate(session, request) };
  const client = await session.client();
  const manager = managerOf(request.urn, inputs);
  const id = idOf(inputs);
  const live = await patiently(request, async () => {
    const path = await locate(session, inputs, id);
    let existing = await fetchObject(client, path);
    if (existing && text(existing, "metadata", "deletionTimestamp")) {
      const { untilGone } = await import("#local/engine/providers/kubernetes/remove");
      request.status("waiting for the old object to be gone");
      await untilGone(client, path, existing, request, 600);
      existing = undefined;
    }
    const force = forced(session, inputs);
    const welcome = session.upsert || force || isPatch(request.type);
    if (existing && !welcome && !isOurs(existing, manager)) throw alreadyExists(inputs);
    return applyOver(client, path, inputs, { manager, force, signal });
  });
  return { id, outputs: await settle(session, request, id, live, inputs, manager, "created") };
}

/** Brings an object to its new inputs by server-side apply; see `Provider.update`. */
export async function updateObject(
  session: Session,
  request: UpdateRequest,
): Promise<{ outputs: Props }> {
  const { newInputs, oldOutputs, id, signal } = request;
  if (request.preview) return { outputs: await predictUpdate(session, request) };
  const client = await session.client();
  const manager = managerOf(request.urn, newInputs, oldOutputs);
  const live = await patiently(request, async () => {
    const path = await locate(session, newInputs, id);
    let found = await fetchObject(client, path);
    if (found) found = await takeOver(client, path, found, manager, signal);
    const object = withIgnored(newInputs, found, request.ignoreChanges);
    return applyOver(client, path, object, { manager, signal, force: forced(session, newInputs) });
  });
  return { outputs: await settle(session, request, id, live, newInputs, manager, "updated") };
}

const forced = (session: Session, inputs: Props): boolean =>
  session.force || flagged(inputs, "pulumi.com/patchForce");

/** Waits for readiness and records what came of it. */
async function settle(
  session: Session,
  request: Operation,
  id: string,
  applied: Props,
  inputs: Props,
  manager: string,
  verb: "created" | "updated",
): Promise<Props> {
  const { awaitReady } = await import("#local/engine/providers/kubernetes/await/await");
  const client = await session.client();
  const path = await locate(session, inputs, id);
  // Whatever goes wrong from here on: the object exists, and state must know it.
  const { live, problem, reasons } = await awaitReady(client, path, applied, request).catch(
    (error: Error) => ({ live: applied, problem: error.message, reasons: [] }),
  );
  const outputs = secretLike(outputsOf(live, inputs, manager), inputs) as Props;
  if (problem) {
    throw new NotReadyError(
      `resource "${request.urn}" was successfully ${verb}, but the Kubernetes API server reported that it failed to fully initialize or become live: ${problem}`,
      id,
      outputs,
      reasons,
    );
  }
  return outputs;
}

/** What a preview can say of a new object: a dry run's where the cluster answers, else the inputs. */
async function predictCreate(session: Session, request: CreateRequest): Promise<Props> {
  const { inputs, signal } = request;
  const manager = managerOf(request.urn, inputs);
  return predict(session, request, inputs, manager, async (client) => {
    const path = await locate(session, inputs, idOf(inputs));
    const made = await client.request("POST", path.slice(0, path.lastIndexOf("/")), {
      query: { fieldManager: manager, fieldValidation: "Strict", dryRun: "All" },
      body: reveal(inputs) as Props,
      signal,
    });
    // These differ between the dry run and the real thing.
    const { uid, resourceVersion, creationTimestamp, ...metadata } = props(made, "metadata");
    const { clusterIP, clusterIPs, ...spec } = props(made, "spec");
    return { ...made, metadata, ...(made.spec ? { spec } : {}) };
  });
}

/** The same for an object that is there. */
async function predictUpdate(session: Session, request: UpdateRequest): Promise<Props> {
  const { newInputs, signal } = request;
  const manager = managerOf(request.urn, newInputs, request.oldOutputs);
  return predict(session, request, newInputs, manager, async (client) => {
    const path = await locate(session, newInputs, request.id);
    const found = await fetchObject(client, path);
    const object = withIgnored(newInputs, found, request.ignoreChanges);
    const options = { manager, force: forced(session, newInputs), dryRun: true, signal };
    return applyOver(client, path, object, options);
  });
}

async function predict(
  session: Session,
  { type }: Operation,
  inputs: Props,
  manager: string,
  dryRun: (client: Client) => Promise<Props>,
): Promise<Props> {
  const client = await session.online();
  if (!client || containsUnknown(inputs) || isPatch(type)) return inputs;
  try {
    const { status: _status, ...object } = await dryRun(client);
    const { managedFields: _managedFields, ...metadata } = props(object, "metadata");
    return secretLike(outputsOf({ ...object, metadata }, inputs, manager), inputs) as Props;
  } catch (error) {
    if (cannotTell(error)) return inputs;
    throw error;
  }
}

/**
 * Whether a dry run failed for what is no fault of the object: its namespace or kind is still to
 * come, its predecessor still there, the preview may not write, or a webhook has no dry run.
 */
function cannotTell(error: unknown): boolean {
  if (error instanceof UnknownKindError) return true;
  if (!(error instanceof ApiError)) return false;
  return [403, 404, 409].includes(error.status) || /does not support dry run/.test(error.message);
}

/**
 * Applies. Fields that only people's tools own (`kubectl …`) are taken back from them; other
 * managers' make a sentence.
 */
async function applyOver(
  client: Client,
  path: string,
  object: Props,
  options: ApplyOptions,
): Promise<Props> {
  return apply(client, path, object, options).catch((error: unknown) => {
    const found = error instanceof ApiError ? conflicts(error) : [];
    if (found.length === 0) throw error;
    if (found.every(({ manager }) => manager.startsWith("kubectl") || FORMER.test(manager))) {
      return apply(client, path, object, { ...options, force: true });
    }
    const fields = found.map(({ field, manager }) => `${field} (set by "${manager}")`).join(", ");
    throw new Error(
      `${title(object)}: another manager owns ${fields}; leave the field out, list it in ignoreChanges, or take it over with the annotation pulumi.com/patchForce: "true"`,
    );
  });
}

function conflicts(error: ApiError): { manager: string; field: string }[] {
  if (error.status !== 409) return [];
  return error.causes
    .filter((cause) => cause.reason === "FieldManagerConflict")
    .map((cause) => ({
      manager: /conflict with "([^"]*)"/.exec(cause.message)?.[1] ?? cause.message,
      field: cause.field.replace(/^\./, ""),
    }));
}

function alreadyExists(object: Props): Error {
  return new Error(
    `${title(object)} exists already and was not made by this resource: give an alias if it was renamed, import it, change it through a ${text(object, "kind")}Patch, delete it, or take it over with the annotation pulumi.com/patchForce: "true" or the provider's upsertExistingObjects`,
  );
}

/** Managers whose fields become ours, so that what the program no longer sets goes away. */
const FORMER =
  /^(kubectl|kubectl-client-side-apply|before-first-apply|pulumi-kubernetes(\.exe)?|pulumi-resource-kubernetes)$/;

async function takeOver(
  client: Client,
  path: string,
  live: Props,
  manager: string,
  signal: AbortSignal,
): Promise<Props> {
  const entries = list(live, "metadata", "managedFields").filter(isProps);
  const former = entries.filter(
    (entry) => FORMER.test(text(entry, "manager")) && !entry.subresource,
  );
  if (former.length === 0) return live;
  const own = entries.filter((entry) => entry.manager === manager && entry.operation === "Apply");
  const merged = [...own, ...former]
    .map((entry) => props(entry, "fieldsV1"))
    .reduce((all, fields) => union(all, fields));
  const mine = { ...(own[0] ?? former[0]), manager, operation: "Apply", fieldsV1: merged };
  const others = entries.filter((entry) => !own.includes(entry) && !former.includes(entry));
  const version = text(live, "metadata", "resourceVersion");
  return client.request("PATCH", path, {
    contentType: "application/json-patch+json",
    body: [
      { op: "replace", path: "/metadata/managedFields", value: [...others, mine] },
      { op: "replace", path: "/metadata/resourceVersion", value: version },
    ],
    signal,
  });
}

function union(a: Props, b: Props): Props {
  const result: Props = { ...a };
  for (const [key, value] of Object.entries(b)) {
    result[key] = union(props(result, key), isProps(value) ? value : {});
  }
  return result;
}

/** Ignored fields go out with the value they have now, which conflicts with nobody. */
function withIgnored(inputs: Props, live: Props | undefined, ignored: string[]): Props {
  if (!live) return inputs;
  const now = prune(live, inputs) as Props;
  return ignored.reduce((object, path) => keepOld(object, now, parsePath(path)), inputs);
}

/** Runs `step` again while what it needs (a namespace, a kind, a webhook) is still on its way. */
async function patiently<T>(request: Operation, step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await step();
    } catch (error) {
      if (attempt > 6 || !isComing(error)) throw error;
      request.status(`Retry #${attempt}; creation failed: ${(error as Error).message}`);
      await sleep(125 * 2 ** attempt, undefined, { signal: request.signal });
    }
  }
}

function isComing(error: unknown): boolean {
  if (error instanceof UnknownKindError) return true;
  if (!(error instanceof ApiError)) return false;
  if (error.status === 404) return true;
  if (error.status === 409) return error.causes.length === 0;
  if (error.status === 403)
    return /being terminated|service ?account .*not found/.test(error.message);
  return error.status === 500 && /webhook/.test(error.message);
}
