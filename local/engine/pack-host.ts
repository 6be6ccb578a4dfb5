/**
 * The engine's own policy host: `node pack-host.ts MODULE` serves the policies that the module
 * exports as `pack`. The SDK's host unpacks each resource anew for every policy; this one does so
 * once, for policies that leave what they are shown as it is.
 */
import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import grpc from "@grpc/grpc-js";
import type { EnforcementLevel, PolicyPackArgs } from "@pulumi/policy";
import analyzerService from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { type Diagnostic, PackJudge } from "#local/engine/pack-judge";

const LEVELS: EnforcementLevel[] = ["advisory", "mandatory", "disabled", "remediate"];
const SEVERITIES = [undefined, "low", "medium", "high", "critical"];

type Struct = Parameters<typeof struct.Struct.fromJavaScript>[0];
type Level = Parameters<InstanceType<typeof analyzer.PolicyInfo>["setEnforcementlevel"]>[0];
type Severity = Parameters<InstanceType<typeof analyzer.PolicyInfo>["setSeverity"]>[0];
type Method<Q, A> = (call: ServerUnaryCall<Q, A>, answer: sendUnaryData<A>) => void;

const [, , module = ""] = process.argv;
const { pack } = (await import(pathToFileURL(module).href)) as {
  pack: PolicyPackArgs & { name: string };
};
const { version } = JSON.parse(readFileSync(join(process.cwd(), "package.json"), "utf8"));
const judge = new PackJudge(pack);

function method<Q, A>(work: (request: Q) => A | Promise<A>): Method<Q, A> {
  return (call, answer) => {
    Promise.resolve(call.request)
      .then(work)
      .then(
        (response) => answer(null, response),
        (error: Error) => answer({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}

function answerOf(found: Diagnostic[]) {
  const response = new analyzer.AnalyzeResponse();
  for (const { policy, level, message, urn } of found) {
    const diagnostic = new analyzer.AnalyzeDiagnostic();
    diagnostic.setPolicyname(policy.name);
    diagnostic.setPolicypackname(pack.name);
    diagnostic.setPolicypackversion(version);
    diagnostic.setDescription(policy.description);
    diagnostic.setMessage(message);
    diagnostic.setEnforcementlevel(LEVELS.indexOf(level) as Level);
    diagnostic.setSeverity(Math.max(SEVERITIES.indexOf(policy.severity), 0) as Severity);
    if (urn !== undefined) diagnostic.setUrn(urn);
    response.addDiagnostics(diagnostic);
  }
  return response;
}

type Resource = InstanceType<typeof analyzer.AnalyzeRequest>;
type Stack = InstanceType<typeof analyzer.AnalyzeStackRequest>;

const server = new grpc.Server({
  "grpc.max_receive_message_length": -1,
  "grpc.enable_channelz": 0,
});
server.addService(analyzerService.AnalyzerService, {
  handshake: method(() => new analyzer.AnalyzerHandshakeResponse()),
  configureStack: method((request: InstanceType<typeof analyzer.AnalyzerStackConfigureRequest>) => {
    judge.stackTags = new Map(request.getTagsMap().entries());
    return new analyzer.AnalyzerStackConfigureResponse();
  }),
  getAnalyzerInfo: method(() => {
    const info = new analyzer.AnalyzerInfo();
    info.setName(pack.name);
    info.setVersion(version);
    info.setSupportsconfig(true);
    for (const policy of pack.policies) {
      const described = new analyzer.PolicyInfo();
      described.setName(policy.name);
      described.setDescription(policy.description);
      described.setEnforcementlevel(LEVELS.indexOf(judge.levelOf(policy)) as Level);
      info.addPolicies(described);
    }
    return info;
  }),
  configure: method((request: InstanceType<typeof analyzer.ConfigureAnalyzerRequest>) => {
    judge.configured = new Map(
      [...request.getPolicyconfigMap().entries()].map(([name, config]) => [
        name,
        {
          level: LEVELS[config.getEnforcementlevel()] ?? "advisory",
          settings: config.getProperties()?.toJavaScript() ?? {},
        },
      ]),
    );
    return new empty.Empty();
  }),
  remediate: method(async (request: Resource) => {
    const response = new analyzer.RemediateResponse();
    for (const { policy, properties, diagnostic } of await judge.remediate(request)) {
      const remediation = new analyzer.Remediation();
      remediation.setPolicyname(policy.name);
      remediation.setPolicypackname(pack.name);
      remediation.setPolicypackversion(version);
      remediation.setDescription(policy.description);
      remediation.setDiagnostic(diagnostic ?? "");
      if (properties) {
        remediation.setProperties(struct.Struct.fromJavaScript(properties as Struct));
      }
      response.addRemediations(remediation);
    }
    return response;
  }),
  analyze: method(async (request: Resource) => answerOf(await judge.analyze(request))),
  analyzeStack: method(async (request: Stack) => answerOf(await judge.analyzeStack(request))),
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
  // Whoever started this kills it: keep now what Node compiled.
  setImmediate(flushCompileCache);
});
