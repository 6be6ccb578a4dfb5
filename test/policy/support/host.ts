import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import analyzerRpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

const pack = join(import.meta.dirname, "..", "..", "..", "policy");
const pulumi = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
const enforcement = ["advisory", "mandatory", "disabled", "remediate"] as const;

type Info = InstanceType<typeof analyzer.AnalyzerInfo>;
type Analysis = InstanceType<typeof analyzer.AnalyzeResponse>;
type Remedies = InstanceType<typeof analyzer.RemediateResponse>;
type Level = Parameters<InstanceType<typeof analyzer.PolicyConfig>["setEnforcementlevel"]>[0];
type Properties = Parameters<typeof struct.Struct.fromJavaScript>[0];

export interface Diagnostic {
  policy: string;
  level: (typeof enforcement)[number] | undefined;
  message: string;
}

export interface PolicyHost {
  /** What the pack says of itself: its policies with their levels. */
  policies(): Promise<{ name: string; level: string | undefined }[]>;
  /** Sets levels, as `--policy-pack-config` does. */
  configure(levels: Record<string, (typeof enforcement)[number]>): Promise<void>;
  /** Remediates and analyses one resource, as the engine does before each step. */
  analyze(type: string, properties: object): Promise<Diagnostic[]>;
  /** Remediates one resource, as far as levels say so: its properties, and the policies that did. */
  remediate(type: string, properties: object): Promise<{ properties: object; by: string[] }>;
  /** The most memory that it has used so far, in MiB. */
  memory(): number;
  /** Ends the process, and gives what it wrote to standard error. */
  stop(): Promise<string>;
}

/** How each host is started: Pulumi's, and the local engine's. */
export const hosts = {
  "Pulumi's policy host": [join(pulumi, "cmd", "run-policy-pack"), "127.0.0.1:1", pack],
  "the local engine's policy host": [
    "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON",
    join(pack, "..", "local", "engine", "pack-host.ts"),
    join(pack, "pack.ts"),
  ],
};

/** Starts the pack in a policy host, a process of its own. */
export async function startPolicyHost(
  command = hosts["Pulumi's policy host"],
): Promise<PolicyHost> {
  const host = spawn(process.execPath, command, { cwd: pack });
  let errors = "";
  host.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const port = once(host.stdout.setEncoding("utf8"), "data");
  const exit = once(host, "exit").then(() => Promise.reject(new Error(`it ended: ${errors}`)));
  exit.catch(() => {});
  const [line] = await Promise.race([port, exit]);
  const address = `127.0.0.1:${String(line).trim()}`;
  const client = new analyzerRpc.AnalyzerClient(address, grpc.credentials.createInsecure());
  return {
    async policies() {
      const info = await call<Info>((done) => client.getAnalyzerInfo(new empty.Empty(), done));
      return info.getPoliciesList().map((policy) => ({
        name: policy.getName(),
        level: enforcement[policy.getEnforcementlevel()],
      }));
    },
    async configure(levels) {
      const configuration = new analyzer.ConfigureAnalyzerRequest();
      for (const [name, level] of Object.entries(levels)) {
        const entry = new analyzer.PolicyConfig();
        entry.setEnforcementlevel(enforcement.indexOf(level) as Level);
        entry.setProperties(struct.Struct.fromJavaScript({}));
        configuration.getPolicyconfigMap().set(name, entry);
      }
      await call<unknown>((done) => client.configure(configuration, done));
    },
    async remediate(type, properties) {
      const request = requestFor(type, properties);
      const response = await call<Remedies>((done) => client.remediate(request, done));
      const remedies = response.getRemediationsList().filter((each) => each.hasProperties());
      return {
        properties: remedies.at(-1)?.getProperties()?.toJavaScript() ?? properties,
        by: remedies.map((each) => each.getPolicyname()),
      };
    },
    async analyze(type, properties) {
      const request = requestFor(type, properties);
      await call<unknown>((done) => client.remediate(request, done));
      const response = await call<Analysis>((done) => client.analyze(request, done));
      return response.getDiagnosticsList().map((diagnostic) => ({
        policy: diagnostic.getPolicyname(),
        level: enforcement[diagnostic.getEnforcementlevel()],
        message: diagnostic.getMessage(),
      }));
    },
    memory() {
      const status = readFileSync(`/proc/${host.pid}/status`, "utf8");
      return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) / 1024;
    },
    async stop() {
      client.close();
      const ended = once(host, "exit");
      host.kill("SIGKILL");
      await ended;
      return errors;
    },
  };
}

function requestFor(type: string, properties: object) {
  const request = new analyzer.AnalyzeRequest();
  request.setType(type);
  request.setName("web");
  request.setUrn(`urn:pulumi:dev::mesh::${type}::web`);
  request.setProperties(struct.Struct.fromJavaScript(properties as Properties));
  request.setOptions(new analyzer.AnalyzerResourceOptions());
  return request;
}

/** A gRPC call as a promise. */
function call<T>(send: (done: (error: Error | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    send((error, response) => (error ? reject(error) : resolve(response)));
  });
}
