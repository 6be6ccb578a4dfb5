import type {
  AnalyzeResponse,
  AnalyzerInfo,
  RemediateResponse,
} from "@pulumi/pulumi/proto/analyzer_pb.js";
import { UserError } from "#local/engine/errors";
import type { Listener, PackInfo } from "#local/engine/events";
import { analyzer, analyzerService, empty, grpc } from "#local/engine/grpc";
import {
  call,
  configuration,
  describe,
  type PackSource,
  remediates,
  stackInfo,
  toViolation,
} from "#local/engine/packs";
import { type RunInfo, type Running, startPack } from "#local/engine/program";
import { isStack, type Resource } from "#local/engine/state";
import type { Props } from "#local/engine/value";
import { fromStruct } from "#local/engine/wire";

interface Pack {
  client: InstanceType<typeof analyzerService.AnalyzerClient>;
  info: AnalyzerInfo;
  source: PackSource;
  remediates: boolean;
}

/** The policy packs of a run. They load while the program loads. */
export class PolicyHost {
  private readonly packs: Promise<Pack[]>;
  private readonly listener: Listener;
  private readonly running: Running[] = [];
  private readonly reported = new Set<string>();
  /** The last verdict on each URN, given or to come. */
  private readonly verdicts = new Map<string, Promise<boolean>>();

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

  /** Remediates, then judges what a resource is about to be. The verdict may take longer. */
  async judge(
    resource: Resource,
    provider: Resource | undefined,
  ): Promise<{ inputs: Props; verdict: Promise<boolean> }> {
    const { urn } = resource;
    // A stack has no inputs to remediate, and its program loads on only when it is registered: it
    // does not wait until the packs are there.
    if (isStack(resource)) {
      const verdict = this.packs.then((packs) => this.analyze(packs, resource, provider));
      return { inputs: resource.inputs, verdict };
    }
    // What is replaced is judged twice; packs may compare the two, so they see them in turn.
    await this.verdicts.get(urn)?.catch(() => undefined);
    const packs = await this.packs;
    const inputs = await this.remediate(packs, resource, provider);
    const verdict = this.analyze(packs, { ...resource, inputs }, provider);
    this.verdicts.set(urn, verdict);
    return { inputs, verdict };
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
      "grpc.enable_channelz": 0,
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
    return { client, info, source, remediates: remediates(info, config) };
  }

  private async remediate(packs: Pack[], resource: Resource, provider: Resource | undefined) {
    let inputs = resource.inputs;
    for (const { client, remediates } of packs) {
      if (!remediates) continue;
      const request = requestFor({ ...resource, inputs }, provider);
      const response = await call<RemediateResponse>((done) => client.remediate(request, done));
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
    return inputs;
  }

  private async analyze(packs: Pack[], resource: Resource, provider: Resource | undefined) {
    if (packs.length === 0) return true;
    const request = requestFor(resource, provider);
    const found = await Promise.all(
      packs.map(({ client }) => call<AnalyzeResponse>((done) => client.analyze(request, done))),
    );
    return this.report(found, resource.urn);
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

const requestFor = (resource: Resource, provider: Resource | undefined) =>
  describe(new analyzer.AnalyzeRequest(), resource, provider);
