import type { ServiceError } from "@grpc/grpc-js";
import type { AnalyzeDiagnostic, AnalyzerInfo } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { messageOf, UserError } from "#local/engine/errors";
import type { Violation } from "#local/engine/events";
import { analyzer, grpc } from "#local/engine/grpc";
import type { RunInfo } from "#local/engine/program";
import { nameOf, type Resource } from "#local/engine/state";
import type { Props } from "#local/engine/value";
import { fromStruct, toStruct } from "#local/engine/wire";

const LEVELS = ["advisory", "mandatory", "disabled", "remediate"];
const REMEDIATE = LEVELS.indexOf("remediate");
const SEVERITIES = ["", "low", "medium", "high", "critical"];

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

/** Calls a method that the pack may not have: an old pack then answers nothing. */
export function call<A>(
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

/** A resource as packs are shown it. */
export function describe<M extends Described>(
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

/** What packs are told of the run. */
export function stackInfo(run: RunInfo) {
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

/** Whether a pack could change anything; most can't, and need not be asked. */
export function remediates(info: AnalyzerInfo, config: Configuration | undefined): boolean {
  return info.getPoliciesList().some((policy) => {
    const configured = config?.getPolicyconfigMap().get(policy.getName());
    return (configured ?? policy).getEnforcementlevel() === REMEDIATE;
  });
}

type Configuration = InstanceType<typeof analyzer.ConfigureAnalyzerRequest>;

/** The levels and settings to send: the file's, over the pack's own, over each policy's. */
export function configuration(
  info: AnalyzerInfo,
  { config, path }: PackSource,
): Configuration | undefined {
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

/** What a pack said of a resource. */
export function toViolation(diagnostic: AnalyzeDiagnostic, urn: string): Violation {
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
