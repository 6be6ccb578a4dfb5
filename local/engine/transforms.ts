import type { TransformResourceOptions } from "@pulumi/pulumi/proto/resource_pb.js";
import { messageOf, UserError } from "#local/engine/errors";
import type { Alias, Goal, Transform } from "#local/engine/goal";
import { alias, callback, callbackService, grpc, monitor } from "#local/engine/grpc";
import { aliasOf, timeoutsOf } from "#local/engine/requests";
import { dependenciesIn, fromStruct, toStruct } from "#local/engine/wire";

type Client = InstanceType<typeof callbackService.CallbacksClient>;

/** The functions that the program lets the engine call, each process over one connection. */
export class Callbacks {
  private readonly clients = new Map<string, Client>();

  /** The transform that a callback stands for. */
  transform(target: InstanceType<typeof callback.Callback>): Transform {
    const client = this.clientOf(target.getTarget());
    return async (goal) => {
      const request = new monitor.TransformRequest();
      request.setName(goal.name);
      request.setType(goal.type);
      request.setCustom(goal.custom);
      request.setParent(goal.parent ?? "");
      request.setProperties(toStruct(goal.inputs));
      request.setOptions(optionsOf(goal));
      const answer = await invoke(client, target.getToken(), request.serializeBinary());
      const response = monitor.TransformResponse.deserializeBinary(answer);
      const properties = response.getProperties();
      const options = response.getOptions();
      const next = options === undefined ? goal : withOptions(goal, options);
      if (properties === undefined) return next;
      const inputs = fromStruct(properties);
      // What a property that is still there came from, and what a new one was made of.
      const found = dependenciesIn(properties);
      const propertyDependencies = Object.fromEntries(
        Object.keys(inputs).map((key) => [
          key,
          [...new Set([...(goal.propertyDependencies[key] ?? []), ...(found[key] ?? [])])],
        ]),
      );
      const dependencies = [...new Set([...next.dependencies, ...Object.values(found).flat()])];
      return { ...next, inputs, dependencies, propertyDependencies };
    };
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private clientOf(address: string): Client {
    let client = this.clients.get(address);
    if (client === undefined) {
      client = new callbackService.CallbacksClient(address, grpc.credentials.createInsecure(), {
        "grpc.max_receive_message_length": -1,
        "grpc.max_send_message_length": -1,
      });
      this.clients.set(address, client);
    }
    return client;
  }
}

function invoke(client: Client, token: string, bytes: Uint8Array): Promise<Uint8Array> {
  const request = new callback.CallbackInvokeRequest();
  request.setToken(token);
  request.setRequest(bytes);
  return new Promise((resolve, reject) => {
    client.invoke(request, (error, response) => {
      if (error === null) resolve(response.getResponse_asU8());
      else reject(new UserError(error.details || messageOf(error)));
    });
  });
}

/** The options of a goal, as a transform gets them. */
function optionsOf(goal: Goal): TransformResourceOptions {
  const options = new monitor.TransformResourceOptions();
  options.setDependsOnList(goal.dependencies);
  options.setIgnoreChangesList(goal.ignoreChanges);
  options.setReplaceOnChangesList(goal.replaceOnChanges);
  options.setAdditionalSecretOutputsList(goal.additionalSecretOutputs);
  options.setAliasesList(goal.aliases.map(toWireAlias));
  options.setVersion(goal.version);
  options.setProvider(goal.provider ?? "");
  options.setDeletedWith(goal.deletedWith ?? "");
  for (const [name, reference] of Object.entries(goal.providers)) {
    options.getProvidersMap().set(name, reference);
  }
  if (goal.protect !== undefined) options.setProtect(goal.protect);
  if (goal.retainOnDelete !== undefined) options.setRetainOnDelete(goal.retainOnDelete);
  if (goal.deleteBeforeReplace !== undefined) {
    options.setDeleteBeforeReplace(goal.deleteBeforeReplace);
  }
  const timeouts = new monitor.RegisterResourceRequest.CustomTimeouts();
  const { create, update, delete: remove } = goal.customTimeouts;
  if (create) timeouts.setCreate(`${create}s`);
  if (update) timeouts.setUpdate(`${update}s`);
  if (remove) timeouts.setDelete(`${remove}s`);
  options.setCustomTimeouts(timeouts);
  return options;
}

/** The goal with the options that a transform answered. */
function withOptions(goal: Goal, options: TransformResourceOptions): Goal {
  const unknown = [
    options.getImport() !== "" && "import",
    options.hasHooks() && "hooks",
    options.hasReplacementTrigger() && "replacementTrigger",
    options.getReplaceWithList().length > 0 && "replaceWith",
  ].filter((name) => name !== false);
  if (unknown.length > 0) {
    throw new UserError(
      `a transform sets ${unknown.join(", ")} on ${goal.name}, which the local engine does not ` +
        "support: leave it out, or use the Pulumi CLI",
    );
  }
  const providers = Object.fromEntries(options.getProvidersMap().toArray() as [string, string][]);
  return {
    ...goal,
    dependencies: [...new Set(options.getDependsOnList())],
    ignoreChanges: options.getIgnoreChangesList(),
    replaceOnChanges: options.getReplaceOnChangesList(),
    additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
    aliases: options.getAliasesList().map(aliasOf),
    version: options.getVersion(),
    provider: options.getProvider() || undefined,
    // The SDK answers with none where it means the ones it was told.
    providers: Object.keys(providers).length > 0 ? providers : goal.providers,
    deletedWith: options.getDeletedWith() || undefined,
    protect: options.hasProtect() ? options.getProtect() : undefined,
    retainOnDelete: options.hasRetainOnDelete() ? options.getRetainOnDelete() : undefined,
    // Nor does it tell "no" from "not said", which is up to the provider.
    deleteBeforeReplace: options.getDeleteBeforeReplace() || goal.deleteBeforeReplace,
    customTimeouts: timeoutsOf(options.getCustomTimeouts()),
  };
}

function toWireAlias(known: Alias) {
  const message = new alias.Alias();
  if ("urn" in known) {
    message.setUrn(known.urn);
    return message;
  }
  const spec = new alias.Alias.Spec();
  spec.setName(known.name ?? "");
  spec.setType(known.type ?? "");
  spec.setStack(known.stack ?? "");
  spec.setProject(known.project ?? "");
  if (known.parent === null) spec.setNoparent(true);
  else if (known.parent !== undefined) spec.setParenturn(known.parent);
  message.setSpec(spec);
  return message;
}
