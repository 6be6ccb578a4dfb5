import { relative } from "node:path";
import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { SourcePosition } from "@pulumi/pulumi/proto/source_pb.js";
import type { Deployment } from "#local/engine/deployment";
import { HaltedError, messageOf, UserError } from "#local/engine/errors";
import type { Listener, Severity } from "#local/engine/events";
import { type Alias, type Goal, newGoal } from "#local/engine/goal";
import { empty, engine, engineService, grpc, monitor, monitorService } from "#local/engine/grpc";
import type { RunInfo } from "#local/engine/program";
import type { Timeouts } from "#local/engine/state";
import { fromStruct, toStruct, UNKNOWN_TEXT } from "#local/engine/wire";

const FEATURES = ["SECRETS", "RESOURCE_REFERENCES", "OUTPUT_VALUES", "ALIAS_SPECS", "DELETED_WITH"];
FEATURES.push("INVOKE_DEPENDS_ON", "INVOKE_PARENT");
const SEVERITIES: Severity[] = ["debug", "info", "warning", "error"];

/**
 * Starts the services that the program and the policy packs talk to, on a free port of the loopback
 * interface. The program's requests wait until `serve` is given the deployment they go to.
 */
export async function startMonitor(run: RunInfo, listener: Listener) {
  const { promise: deployment, resolve: serve } = Promise.withResolvers<Deployment>();
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(monitorService.ResourceMonitorService, monitorMethods(run, deployment));
  server.addService(engineService.EngineService, engineMethods(listener));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { address: `127.0.0.1:${port}`, serve, close: () => server.forceShutdown() };
}

// The generated types have one interface per method; what they share is all that is needed here.
type Method<Q, A> = (call: ServerUnaryCall<Q, A>, answer: sendUnaryData<A>) => void;

function method<Q, A>(work: (request: Q) => Promise<A> | A): Method<Q, A> {
  return (call, answer) => {
    Promise.resolve()
      .then(() => work(call.request))
      .then(
        (response) => answer(null, response),
        (error: unknown) => {
          // The SDK takes "unavailable" for the end of the run, and says nothing of its own.
          const halted = error instanceof HaltedError;
          const code = halted ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN;
          answer({ code, details: messageOf(error) });
        },
      );
  };
}

function monitorMethods(run: RunInfo, deployment: Promise<Deployment>) {
  type Register = InstanceType<typeof monitor.RegisterResourceRequest>;
  type Read = InstanceType<typeof monitor.ReadResourceRequest>;
  type Outputs = InstanceType<typeof monitor.RegisterResourceOutputsRequest>;
  type Invoke = InstanceType<typeof monitor.ResourceInvokeRequest>;
  return {
    getDeploymentInfo: method(() => {
      const info = new monitor.DeploymentInfo();
      info.setProject(run.project.name);
      info.setStack(run.stack);
      info.setOrganization("organization");
      info.setDryrun(run.preview);
      info.setParallel(run.parallel);
      for (const [key, { text, secret }] of run.config) {
        info.getConfigMap().set(key, text);
        if (secret) info.addConfigsecretkeys(key);
      }
      const all = monitor.ResourceMonitorFeature as unknown as Record<string, number>;
      const features = FEATURES.map((name) => all[`RESOURCE_MONITOR_FEATURE_${name}`]);
      info.setSupportedfeaturesList(features as (typeof info extends never ? never : never)[]);
      return info;
    }),
    registerResource: method(async (request: Register) => {
      const registered = await (await deployment).register(toGoal(run, request));
      const response = new monitor.RegisterResourceResponse();
      response.setUrn(registered.urn);
      response.setId(registered.id ?? "");
      response.setObject(
        toStruct(request.getCustom() || request.getRemote() ? registered.outputs : {}),
      );
      return response;
    }),
    registerResourceOutputs: method(async (request: Outputs) => {
      await (await deployment).registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new empty.Empty();
    }),
    readResource: method(async (request: Read) => {
      const { urn, outputs } = await (await deployment).read(readGoal(run, request));
      const response = new monitor.ReadResourceResponse();
      response.setUrn(urn);
      response.setProperties(toStruct(outputs));
      return response;
    }),
    invoke: method(async (request: Invoke) => {
      if (request.getTok() !== "pulumi:pulumi:getResource") {
        throw new UserError(
          `the local engine has no function '${request.getTok()}'; use the Pulumi CLI for this program`,
        );
      }
      const { urn, id, outputs } = (await deployment).lookup(
        String(fromStruct(request.getArgs()).urn),
      );
      const response = new monitor.ResourceInvokeResponse();
      response.setReturn(toStruct({ urn, id: id ?? UNKNOWN_TEXT, state: outputs }));
      return response;
    }),
    signalAndWaitForShutdown: method(() => new empty.Empty()),
  };
}

function engineMethods(listener: Listener) {
  type Log = InstanceType<typeof engine.LogRequest>;
  let root = "";
  return {
    log: method((request: Log) => {
      const severity = SEVERITIES[request.getSeverity()] ?? "info";
      // Debug lines hold secrets in clear.
      if (severity !== "debug" && !request.getEphemeral()) {
        listener.message(request.getUrn() || undefined, severity, request.getMessage().trimEnd());
      }
      return new empty.Empty();
    }),
    setRootResource: method((request: InstanceType<typeof engine.SetRootResourceRequest>) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    getRootResource: method(() => {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    requirePulumiVersion: method(() => new engine.RequirePulumiVersionResponse()),
  };
}

function toGoal(run: RunInfo, request: RegisterResourceRequest): Goal {
  if (request.getImportid() !== "") {
    throw new UserError(
      `the local engine does not import: remove the \`import\` option of ${request.getName()}`,
    );
  }
  const dependencies = request.getPropertydependenciesMap().toArray() as [string, unknown][];
  const propertyDependencies = dependencies.map(([key]) => [
    key,
    request.getPropertydependenciesMap().get(key)?.getUrnsList() ?? [],
  ]);
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    remote: request.getRemote(),
    parent: request.getParent() || undefined,
    inputs: fromStruct(request.getObject()),
    dependencies: [...new Set(request.getDependenciesList())],
    propertyDependencies: Object.fromEntries(propertyDependencies) as Record<string, string[]>,
    provider: request.getProvider() || undefined,
    providers: Object.fromEntries(request.getProvidersMap().toArray() as [string, string][]),
    version: request.getVersion(),
    aliases: aliasesOf(request),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: timeoutsOf(request),
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith() || undefined,
    sourcePosition: positionOf(run, request.getSourceposition()),
  };
}

function readGoal(run: RunInfo, request: InstanceType<typeof monitor.ReadResourceRequest>) {
  return {
    ...newGoal(request.getType(), request.getName(), fromStruct(request.getProperties())),
    id: request.getId(),
    parent: request.getParent() || undefined,
    dependencies: [...new Set(request.getDependenciesList())],
    provider: request.getProvider() || undefined,
    version: request.getVersion(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    sourcePosition: positionOf(run, request.getSourceposition()),
  };
}

function aliasesOf(request: RegisterResourceRequest): Alias[] {
  const full = request.getAliasesList().map((alias): Alias => {
    const spec = alias.getSpec();
    if (spec === undefined) return { urn: alias.getUrn() };
    const parent = spec.getParenturn() || undefined;
    return {
      name: spec.getName() || undefined,
      type: spec.getType() || undefined,
      stack: spec.getStack() || undefined,
      project: spec.getProject() || undefined,
      parent: spec.getNoparent() ? null : parent,
    };
  });
  return [...full, ...request.getAliasurnsList().map((urn) => ({ urn }))];
}

function timeoutsOf(request: RegisterResourceRequest): Timeouts {
  const message = request.getCustomtimeouts();
  const { create, update, pb_delete } = { ...message?.toObject() };
  return {
    ...(create && { create: parseDuration(create) }),
    ...(update && { update: parseDuration(update) }),
    ...(pb_delete && { delete: parseDuration(pb_delete) }),
  };
}

const UNITS: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** Seconds in a duration such as `1h30m` or `90s`. */
function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) {
    throw new UserError(`'${text}' is no duration; write it like 90s, 10m or 1h30m`);
  }
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ""] ?? 0), 0);
}

/**
 * Where in the program a resource is made. Native modules come as `project:///file:/…`: those of
 * the project become relative to it, others are left out (the state is nobody's address book).
 */
function positionOf(run: RunInfo, position: SourcePosition | undefined): string | undefined {
  if (position === undefined) return undefined;
  let uri = position.getUri();
  const file = /^(?:project:\/\/\/)?file:\/*(.*)$/.exec(uri)?.[1];
  if (file !== undefined) {
    const path = relative(run.project.root, `/${file}`);
    if (path.startsWith("..")) return undefined;
    uri = `project:///${path}`;
  }
  const column = position.getColumn() > 0 ? `,${position.getColumn()}` : "";
  return `${uri}#${position.getLine()}${column}`;
}
