import type { Live, Provider, ReadRequest } from "#local/engine/provider";
import { ApiError, type Client, UnreachableError } from "#local/engine/providers/kubernetes/client";
import { connect } from "#local/engine/providers/kubernetes/connect";
import { currentState } from "#local/engine/providers/kubernetes/current";
import { diffObjects } from "#local/engine/providers/kubernetes/diff";
import { annotation, at, text } from "#local/engine/providers/kubernetes/json";
import {
  hasAddress,
  isPatch,
  normalize,
  refusals,
  withName,
  withNamespace,
} from "#local/engine/providers/kubernetes/normalize";
import {
  fetchObject,
  idOf,
  isOurs,
  locate,
  managerOf,
  outputsOf,
  type Session,
  UnknownKindError,
} from "#local/engine/providers/kubernetes/session";
import { secretLike } from "#local/engine/providers/kubernetes/shape";
import { containsUnknown, isProps, type Props } from "#local/engine/value";

const WAIT_FOR = "pulumi.com/waitFor";

/** The Kubernetes provider: typed kinds, custom resources, Patch kinds and `helm.v4.Chart`. */
export function createKubernetesProvider(): Provider {
  let session = connect({});
  // Needed by nearly every run, and loaded before anything waits for it.
  const applying = import("#local/engine/providers/kubernetes/apply");
  const awaiting = import("#local/engine/providers/kubernetes/await/await");

  return {
    async configure(inputs) {
      if (at(inputs, "renderYamlToDirectory")) {
        throw new Error("renderYamlToDirectory is not supported by the local engine");
      }
      session.close();
      session = connect(inputs);
      // Knocks at once: the first resource is seldom far behind.
      if (!containsUnknown(inputs)) void session.online();
    },

    async check({ type, name, olds, news, seed }) {
      const failures = refusals(type, news);
      if (annotation(news, WAIT_FOR)) {
        const { askedFor } = await import("#local/engine/providers/kubernetes/await/wait-for");
        try {
          askedFor(news);
        } catch (error) {
          const property = `metadata.annotations["${WAIT_FOR}"]`;
          failures.push({ property, reason: (error as Error).message });
        }
      }
      if (failures.length > 0) return { inputs: news, failures };
      if (text(news, "kind") === "CustomResourceDefinition") session.kinds.learn(news);
      let object = withName(news, olds, name, seed);
      const kind = await session.kinds.find(text(news, "apiVersion"), text(news, "kind"));
      // A kind that can't be looked up stays where it was, or is most likely a namespaced one.
      const guess = olds === undefined || at(olds, "metadata", "namespace") !== undefined;
      if (kind?.namespaced ?? guess) object = withNamespace(object, await session.namespace());
      return { inputs: normalize(object), failures };
    },

    async diff({ type, oldInputs, oldOutputs, newInputs }) {
      const recorded = at(oldOutputs, "__inputs");
      const olds = isProps(recorded) ? recorded : oldInputs;
      return diffObjects(type, olds, oldOutputs, newInputs, session.mutability);
    },

    async create(request) {
      const { createObject } = await applying;
      return createObject(session, request);
    },

    async update(request) {
      const { updateObject } = await applying;
      return updateObject(session, request);
    },

    async delete(request) {
      const { deleteObject } = await import("#local/engine/providers/kubernetes/remove");
      return deleteObject(session, request);
    },

    async read(request) {
      const client = await session.client();
      const object = await fetchLive(session, client, request);
      if (!object) return undefined;
      const { unreadiness } = await awaiting;
      const { id, inputs, outputs } = currentState(request, object);
      return { id, inputs, outputs, initErrors: await unreadiness(client, object) };
    },

    async live(request) {
      const { id, inputs, outputs } = request;
      const unchanged: Live = { id, inputs, outputs, initErrors: [] };
      if (isPatch(request.type) || !hasAddress(request.inputs)) return unchanged;
      const client = await session.online();
      if (!client) return unchanged;
      try {
        const object = await fetchLive(session, client, request);
        if (object) {
          const { drifted, ...now } = currentState(request, object);
          return drifted ? now : unchanged;
        }
        // A job that cleans itself up is gone because it is done.
        const cleansUp = at(request.inputs, "spec", "ttlSecondsAfterFinished") !== undefined;
        return cleansUp ? unchanged : undefined;
      } catch (error) {
        // Who may not look (a pull request's preview) sees what is recorded.
        const blind = error instanceof ApiError && [401, 403].includes(error.status);
        if (blind || error instanceof UnreachableError) return unchanged;
        throw error;
      }
    },

    async find(request) {
      const { inputs } = request;
      const client = await session.online();
      if (!client || isPatch(request.type) || !hasAddress(inputs)) return undefined;
      const id = idOf(inputs);
      const object = await fetchLive(session, client, { ...request, id });
      if (!object || !isOurs(object, managerOf(request.urn, inputs))) return undefined;
      const outputs = { ...outputsOf(object, inputs, managerOf(request.urn, inputs)) };
      return { id, inputs, outputs: secretLike(outputs, inputs) as Props, initErrors: [] };
    },

    async construct(request) {
      const { renderChart } = await import("#local/engine/providers/kubernetes/render");
      return renderChart(session, request);
    },

    close: () => session.close(),
  };
}

async function fetchLive(
  session: Session,
  client: Client,
  request: ReadRequest,
): Promise<Props | undefined> {
  const { inputs, outputs, type, id } = request;
  // An empty id would be the address of all objects of the kind.
  if (!id) return undefined;
  const recorded = [inputs, outputs].find(({ kind }) => kind) ?? namedByType(type);
  try {
    return await fetchObject(client, await locate(session, recorded, id));
  } catch (error) {
    if (error instanceof UnknownKindError) return undefined;
    throw error;
  }
}

/** What a type token says of an object that was never recorded: the program only asked for it. */
function namedByType(type: string): Props {
  const [, groupVersion = "", kind = ""] = type.split(":");
  return { apiVersion: groupVersion.replace(/^core\//, ""), kind };
}
