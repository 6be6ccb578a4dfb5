import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import type { Deployment } from "#local/engine/deployment";
import { HaltedError, messageOf, UserError } from "#local/engine/errors";
import type { Listener, Severity } from "#local/engine/events";
import {
  callback,
  empty,
  engine,
  engineService,
  grpc,
  monitor,
  monitorService,
} from "#local/engine/grpc";
import type { RunInfo } from "#local/engine/program";
import { readGoal, toGoal } from "#local/engine/requests";
import { Callbacks } from "#local/engine/transforms";
import { fromStruct, toStruct, UNKNOWN_TEXT } from "#local/engine/wire";

const FEATURES = ["SECRETS", "RESOURCE_REFERENCES", "OUTPUT_VALUES", "ALIAS_SPECS", "DELETED_WITH"];
FEATURES.push("INVOKE_DEPENDS_ON", "INVOKE_PARENT", "TRANSFORMS");
const SEVERITIES: Severity[] = ["debug", "info", "warning", "error"];

/**
 * Starts the services that the program and the policy packs talk to, on a free port of the loopback
 * interface. The program's requests wait until `serve` is given the deployment they go to.
 */
export async function startMonitor(run: RunInfo, listener: Listener) {
  const { promise: deployment, resolve: serve } = Promise.withResolvers<Deployment>();
  const callbacks = new Callbacks();
  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  const methods = monitorMethods(run, deployment, callbacks);
  server.addService(monitorService.ResourceMonitorService, methods);
  server.addService(engineService.EngineService, engineMethods(listener));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  const close = () => {
    server.forceShutdown();
    callbacks.close();
  };
  return { address: `127.0.0.1:${port}`, serve, close };
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

function monitorMethods(run: RunInfo, deployment: Promise<Deployment>, callbacks: Callbacks) {
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
      const registered = await (await deployment).register(toGoal(run, request, callbacks));
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
    registerStackTransform: method(async (request: InstanceType<typeof callback.Callback>) => {
      (await deployment).transformAll(callbacks.transform(request));
      return new empty.Empty();
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
