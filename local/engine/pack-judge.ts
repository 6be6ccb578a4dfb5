import type {
  EnforcementLevel,
  PolicyPackArgs,
  PolicyResource,
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type {
  AnalyzeRequest,
  AnalyzerResource,
  AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb.js";
import { mendableProps, packed, shownProps, UnknownValueError } from "#local/engine/pack-values";

type Policy = (ResourceValidationPolicy & Observer) | StackValidationPolicy;
type Configured = Map<string, { level: EnforcementLevel; settings: Record<string, unknown> }>;

export interface Diagnostic {
  policy: Policy;
  level: EnforcementLevel;
  message: string;
  urn: string | undefined;
}

export interface Remediation {
  policy: Policy;
  properties?: unknown;
  diagnostic?: string;
}

class NotApplicable extends Error {}

/**
 * A policy that looks which values are secret. The SDK shows that to remediations alone, so there
 * it poses as one; here it need not, and saves the engine a question about every resource.
 */
interface Observer {
  observeResource?(args: { type: string; urn: string; props: Record<string, unknown> }): void;
}

/** What a pack's policies say, each at its level and with its settings. */
export class PackJudge {
  configured: Configured = new Map();
  stackTags: ReadonlyMap<string, string> = new Map();
  private readonly pack: PolicyPackArgs;

  constructor(pack: PolicyPackArgs) {
    this.pack = pack;
  }

  levelOf(policy: Policy): EnforcementLevel {
    const { level } = this.configured.get(policy.name) ?? {};
    const own = level ?? policy.enforcementLevel ?? this.pack.enforcementLevel ?? "advisory";
    return own === "remediate" && observes(policy) ? "mandatory" : own;
  }

  /** What the policies about single resources say. */
  async analyze(request: AnalyzeRequest): Promise<Diagnostic[]> {
    const found: Diagnostic[] = [];
    for (const policy of this.enabled().filter(observes)) {
      policy.observeResource({
        type: request.getType(),
        urn: request.getUrn(),
        get props() {
          return mendableProps(request.getProperties());
        },
      });
    }
    const resource = this.shown(request, shownProps(request.getProperties()));
    for (const policy of this.enabled()) {
      if (!("validateResource" in policy) || policy.validateResource === undefined) continue;
      for (const validate of [policy.validateResource].flat()) {
        const args = { ...resource, ...this.argsFor(policy) };
        await this.guarded(policy, found, () => validate(args, this.reporter(policy, found)));
      }
    }
    return found;
  }

  /** What the policies about the whole stack say. */
  async analyzeStack(request: AnalyzeStackRequest): Promise<Diagnostic[]> {
    const found: Diagnostic[] = [];
    const resources = this.linked(request.getResourcesList());
    for (const policy of this.enabled()) {
      if (!("validateStack" in policy)) continue;
      const args = { resources, ...this.argsFor(policy) };
      await this.guarded(policy, found, () =>
        policy.validateStack(args, this.reporter(policy, found)),
      );
    }
    return found;
  }

  /** What the policies at the level `remediate` make of a resource. */
  async remediate(request: AnalyzeRequest): Promise<Remediation[]> {
    const done: Remediation[] = [];
    let props: Record<string, unknown> | undefined;
    for (const policy of this.enabled()) {
      if (this.levelOf(policy) !== "remediate") continue;
      if (!("remediateResource" in policy) || policy.remediateResource === undefined) continue;
      const { remediateResource } = policy;
      props ??= mendableProps(request.getProperties());
      const args = { ...this.shown(request, props), ...this.argsFor(policy) };
      const failures: Diagnostic[] = [];
      await this.guarded(policy, failures, async () => {
        const mended = await remediateResource(args);
        if (!mended) return;
        props = mended as Record<string, unknown>;
        done.push({ policy, properties: packed(mended) });
      });
      for (const { message: diagnostic } of failures) done.push({ policy, diagnostic });
    }
    return done;
  }

  private enabled(): Policy[] {
    return this.pack.policies.filter((policy) => this.levelOf(policy) !== "disabled") as Policy[];
  }

  private argsFor(policy: Policy) {
    const settings = this.configured.get(policy.name)?.settings ?? {};
    return {
      stackTags: this.stackTags,
      getConfig: <T extends object>() => ({ ...settings }) as T,
      notApplicable: (): never => {
        throw new NotApplicable();
      },
    };
  }

  private shown(request: AnalyzeRequest | AnalyzerResource, props: Record<string, unknown>) {
    const type = request.getType();
    const isType = (resourceClass: unknown) =>
      (resourceClass as { __pulumiType?: string }).__pulumiType === type;
    const provider = request.getProvider();
    return {
      type,
      props,
      urn: request.getUrn(),
      name: request.getName(),
      opts: optionsOf(request),
      isType,
      asType: <A>(resourceClass: unknown) => (isType(resourceClass) ? (props as A) : undefined),
      ...(provider && {
        provider: {
          type: provider.getType(),
          props: shownProps(provider.getProperties()),
          urn: provider.getUrn(),
          name: provider.getName(),
        },
      }),
    };
  }

  private linked(list: AnalyzerResource[]): PolicyResource[] {
    const resources = list.map((resource) => ({
      ...this.shown(resource, shownProps(resource.getProperties())),
      dependencies: [] as PolicyResource[],
      propertyDependencies: {} as Record<string, PolicyResource[]>,
      parent: undefined as PolicyResource | undefined,
    }));
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource as PolicyResource]));
    const named = (urns: string[]) => urns.flatMap((urn) => byUrn.get(urn) ?? []);
    for (const [index, message] of list.entries()) {
      const resource = resources[index];
      if (!resource) continue;
      resource.parent = byUrn.get(message.getParent());
      resource.dependencies = named(message.getDependenciesList());
      for (const [key, urns] of message.getPropertydependenciesMap().entries()) {
        resource.propertyDependencies[key] = named(urns.getUrnsList());
      }
    }
    return resources as PolicyResource[];
  }

  private reporter(policy: Policy, found: Diagnostic[]): ReportViolation {
    const own = this.levelOf(policy);
    // What violates a policy that was to remediate it counts as mandatory.
    const level = own === "remediate" ? "mandatory" : own;
    return (said: unknown, urn?: string) => {
      const text = said ? `${policy.description}\n${said}` : policy.description;
      found.push({ policy, level, message: text, urn });
    };
  }

  /** Runs a policy's code; what it could not know is said at the level `advisory`. */
  private async guarded(policy: Policy, found: Diagnostic[], run: () => unknown): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (error instanceof NotApplicable) return;
      if (!(error instanceof UnknownValueError)) {
        const reason = error instanceof Error ? error.stack : error;
        throw new Error(`policy '${policy.name}' failed:\n${reason}`);
      }
      const message = `can't run policy '${policy.name}' during preview: ${(error as Error).message}`;
      found.push({ policy, level: "advisory", message, urn: undefined });
    }
  }
}

function observes(policy: Policy): policy is ResourceValidationPolicy & Required<Observer> {
  return "observeResource" in policy && policy.observeResource !== undefined;
}

function optionsOf(request: AnalyzeRequest | AnalyzerResource): PolicyResourceOptions {
  const options = request.getOptions();
  const timeouts = options?.getCustomtimeouts();
  return {
    protect: options?.getProtect() ?? false,
    ignoreChanges: options?.getIgnorechangesList() ?? [],
    aliases: options?.getAliasesList() ?? [],
    additionalSecretOutputs: options?.getAdditionalsecretoutputsList() ?? [],
    customTimeouts: {
      createSeconds: timeouts?.getCreate() ?? 0,
      updateSeconds: timeouts?.getUpdate() ?? 0,
      deleteSeconds: timeouts?.getDelete() ?? 0,
    },
    ...(options?.getDeletebeforereplacedefined() && {
      deleteBeforeReplace: options.getDeletebeforereplace(),
    }),
    ...(options?.getParent() && { parent: options.getParent() }),
  };
}
