import type { ServiceError } from "@grpc/grpc-js";
import type {
  AnalyzeDiagnostic,
  AnalyzeResponse,
  AnalyzerInfo,
  RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb.js";
import { messageOf, UserError } from "#local/engine/errors";
import type { Listener, PackInfo, Violation } from "#local/engine/events";
import { analyzer, analyzerService, empty, grpc } from "#local/engine/grpc";
import { type RunInfo, type Running, startPack } from "#local/engine/program";
import { nameOf, type Resource } from "#local/engine/state";
import type { Props } from "#local/engine/value";
import { fromStruct, toStruct } from "#local/engine/wire";

const LEVELS = ["advisory", "mandatory", "disabled", "remediate"];
const SEVERITIES = ["", "low", "medium", "high", "critical"];

type Client = InstanceType<typeof analyzerService.AnalyzerClient>;
/** A pack's configuration file: a level, or settings that may hold one, for each policy. */
export type PackConfig = Record<
  string,
  string | (Record<string, unknown> & { enforcementLevel?: string })
>;

export interface PackSource {
  /** As the user wrote it, for display. */
  path: string;
  folder: string;
  config: PackConfig | undefined;
}

/** The policy packs of a run. They load while the program loads. */
export class PolicyHost {
  private readonly packs: Promise<Pack[]>;
  private readonly listener: Listener;
  private readonly running: Running[] = [];
  private readonly reported = new Set<string>();

  constructor(sources: readonly PackSource[], run: RunInfo, address: string, listener: Listener) {
    this.listener = listener;
    if (sources.length > 0) listener.note("Loading policy packs...: starting");
    this.packs = Promise.all(sources.map((source) => this.load(source, run, address)));
    this.packs.then(
      () => sources.length > 0 && listener.note("Loading policy packs...: done"),
      () => undefined,
    );
  }

  /** The packs that were loaded; throws if one could not be. */
  async loaded(): Promise<PackInfo[]> {
    return (await this.packs).map(({ info, source }) => ({
      name: info.getName(),
      version: info.getVersion(),
      path: source.path,
    }));
  }

  /** Remediates, then judges what a resource is about to be. */
  async analyze(
    resource: Resource,
    provider: Resource | undefined,
  ): Promise<{ inputs: Props; allowed: boolean }> {
    let inputs = resource.inputs;
    const packs = await this.packs;
    const request = () =>
      describe(new analyzer.AnalyzeRequest(), { ...resource, inputs }, provider);
    for (const { client, info } of packs) {
      if (!remediates(info)) continue;
      const response = await call<RemediateResponse>((done) => client.remediate(request(), done));
      for (const remediation of response?.getRemediationsList() ?? []) {
        const text = remediation.getDiagnostic();
        if (text !== "") {
          this.listener.message(resource.urn, "warning", `${remediation.getPolicyname()}: ${text}`);
        } else if (remediation.hasProperties()) {
          inputs = fromStruct(remediation.getProperties());
          const named = `${remediation.getPolicypackname()}: ${remediation.getPolicyname()}`;
          this.listener.message(resource.urn, "info", `remediated by ${named}`);
        }
      }
    }
    const found = await Promise.all(
      packs.map(({ client }) => call<AnalyzeResponse>((done) => client.analyze(request(), done))),
    );
    return { inputs, allowed: this.report(found, resource.urn) };
  }

  /** Judges the whole stack, by its outputs. */
  async analyzeStack(resources: readonly Resource[]): Promise<boolean> {
    const packs = await this.packs;
    if (packs.length === 0) return true;
    const providers = new Map(resources.map((r) => [`${r.urn}::${r.id}`, r]));
    const all = resources.map((resource) => {
      const provider = providers.get(resource.provider ?? "");
      const message = describe(
        new analyzer.AnalyzerResource(),
        { ...resource, inputs: resource.outputs },
        provider,
      );
      message.setParent(resource.parent ?? "");
      message.setDependenciesList([...resource.dependencies]);
      for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
        const dependencies = new analyzer.AnalyzerPropertyDependencies();
        dependencies.setUrnsList([...urns]);
        message.getPropertydependenciesMap().set(key, dependencies);
      }
      return message;
    });
    const request = new analyzer.AnalyzeStackRequest();
    request.setResourcesList(all);
    const found = await Promise.all(
      packs.map(({ client }) =>
        call<AnalyzeResponse>((done) => client.analyzeStack(request, done)),
      ),
    );
    return this.report(found, "");
  }

  close(): void {
    for (const running of this.running) running.stop();
    this.packs
      .then((packs) => packs.forEach(({ client }) => client.close()))
      .catch(() => undefined);
  }

  private async load(source: PackSource, run: RunInfo, address: string): Promise<Pack> {
    const say = (line: string, isError: boolean) =>
      this.listener.message(undefined, isError ? "warning" : "info", line);
    const { running, port } = startPack(run, address, source.folder, say);
    this.running.push(running);
    const target = `127.0.0.1:${await port}`;
    const client = new analyzerService.AnalyzerClient(target, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    const handshake = new analyzer.AnalyzerHandshakeRequest();
    handshake.setEngineAddress(address);
    handshake.setRootDirectory(source.folder);
    handshake.setProgramDirectory(source.folder);
    await call((done) => client.handshake(handshake, done));
    await call((done) => client.configureStack(stackInfo(run), done));
    const info = await call<AnalyzerInfo>((done) =>
      client.getAnalyzerInfo(new empty.Empty(), done),
    );
    if (info === undefined) throw new UserError(`${source.folder} is no policy pack`);
    const config = configuration(info, source);
    if (config !== undefined) await call((done) => client.configure(config, done));
    return { client, info, source };
  }

  private report(responses: (AnalyzeResponse | undefined)[], urn: string): boolean {
    const found = responses
      .flatMap((r) => r?.getDiagnosticsList() ?? [])
      .map((d) => toViolation(d, urn));
    for (const violation of found) {
      // What is replaced is judged twice: as it would be changed, and as it will be made anew.
      const key = JSON.stringify(violation);
      if (!this.reported.has(key)) this.listener.violation(violation);
      this.reported.add(key);
    }
    return found.every(({ level }) => level !== "mandatory");
  }
}

interface Pack {
  client: Client;
  info: AnalyzerInfo;
  source: PackSource;
}

/** Calls a method that the pack may not have: an old pack then answers nothing. */
function call<A>(
  method: (answer: (error: ServiceError | null, response: A) => void) => unknown,
): Promise<A | undefined> {
  return new Promise((resolve, reject) =>
    method((error, response) => {
      if (error === null) resolve(response);
      else if (error.code === grpc.status.UNIMPLEMENTED) resolve(undefined);
      else reject(new UserError(`the policy pack failed: ${error.details || messageOf(error)}`));
    }),
  );
}

type Described =
  | InstanceType<typeof analyzer.AnalyzeRequest>
  | InstanceType<typeof analyzer.AnalyzerResource>;

function describe<M extends Described>(
  message: M,
  resource: Resource,
  provider: Resource | undefined,
): M {
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(resource.protect ?? false);
  options.setIgnorechangesList([...(resource.ignoreChanges ?? [])]);
  options.setAdditionalsecretoutputsList([...resource.additionalSecretOutputs]);
  options.setParent(resource.parent ?? "");
  const timeouts = new analyzer.AnalyzerResourceOptions.CustomTimeouts();
  timeouts.setCreate(resource.customTimeouts?.create ?? 0);
  timeouts.setUpdate(resource.customTimeouts?.update ?? 0);
  timeouts.setDelete(resource.customTimeouts?.delete ?? 0);
  options.setCustomtimeouts(timeouts);
  message.setType(resource.type);
  message.setUrn(resource.urn);
  message.setName(nameOf(resource.urn));
  message.setProperties(toStruct(resource.inputs));
  message.setOptions(options);
  if (provider !== undefined) {
    const described = new analyzer.AnalyzerProviderResource();
    described.setType(provider.type);
    described.setUrn(provider.urn);
    described.setName(nameOf(provider.urn));
    described.setProperties(toStruct(provider.inputs));
    message.setProvider(described);
  }
  return message;
}

function stackInfo(run: RunInfo) {
  const request = new analyzer.AnalyzerStackConfigureRequest();
  request.setStack(run.stack);
  request.setProject(run.project.name);
  request.setOrganization("organization");
  request.setDryRun(run.preview);
  for (const [key, { text, secret }] of run.config) {
    request.getConfigMap().set(key, text);
    if (secret) request.addConfigSecretKeys(key);
  }
  return request;
}

const REMEDIATE = LEVELS.indexOf("remediate");
/** Whether a pack could change anything; most can't, and need not be asked. */
function remediates(info: AnalyzerInfo): boolean {
  return (
    info.getSupportsconfig() ||
    info.getPoliciesList().some((p) => p.getEnforcementlevel() === REMEDIATE)
  );
}

/** The levels and settings to send: the file's, over the pack's own, over each policy's. */
function configuration(info: AnalyzerInfo, { config, path }: PackSource) {
  const initial = info.getInitialconfigMap();
  if (config === undefined && initial.getLength() === 0) return undefined;
  const request = new analyzer.ConfigureAnalyzerRequest();
  const policies = info.getPoliciesList();
  const names = new Set(["all", ...policies.map((p) => p.getName())]);
  const strange = Object.keys(config ?? {}).filter((name) => !names.has(name));
  if (strange.length > 0) {
    throw new UserError(
      `the policy pack ${path} has no policy ${strange.map((n) => `'${n}'`).join(", ")}`,
    );
  }
  for (const policy of policies) {
    const name = policy.getName();
    const own = initial.get(name);
    const { level: all } = setting(config?.all);
    const { level: chosen, properties } = setting(config?.[name]);
    const level = chosen ?? all ?? own?.getEnforcementlevel() ?? policy.getEnforcementlevel();
    const message = new analyzer.PolicyConfig();
    message.setEnforcementlevel(level as ReturnType<typeof policy.getEnforcementlevel>);
    message.setProperties(toStruct({ ...fromStruct(own?.getProperties()), ...properties }));
    request.getPolicyconfigMap().set(name, message);
  }
  return request;
}

function setting(value: PackConfig[string] | undefined): {
  level: number | undefined;
  properties: Props;
} {
  if (value === undefined) return { level: undefined, properties: {} };
  const { enforcementLevel, ...properties } =
    typeof value === "string" ? { enforcementLevel: value } : value;
  if (enforcementLevel === undefined) return { level: undefined, properties: properties as Props };
  const level = LEVELS.indexOf(enforcementLevel);
  if (level < 0) {
    throw new UserError(`'${enforcementLevel}' is no enforcement level; use ${LEVELS.join(", ")}`);
  }
  return { level, properties: properties as Props };
}

function toViolation(diagnostic: AnalyzeDiagnostic, urn: string): Violation {
  // A remediation that did not help counts as mandatory.
  const level = LEVELS[diagnostic.getEnforcementlevel()] === "advisory" ? "advisory" : "mandatory";
  return {
    pack: diagnostic.getPolicypackname(),
    policy: diagnostic.getPolicyname(),
    level,
    severity: SEVERITIES[diagnostic.getSeverity()] ?? "",
    urn: diagnostic.getUrn() || urn,
    message: diagnostic.getMessage().trimEnd(),
  };
}
