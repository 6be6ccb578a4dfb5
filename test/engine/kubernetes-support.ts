import { randomBytes } from "node:crypto";
import type {
  CheckResult,
  Created,
  CreateRequest,
  Operation,
  Provider,
  UpdateRequest,
} from "#local/engine/provider";
import { createKubernetesProvider } from "#local/engine/providers/kubernetes/index";
import type { Props } from "#local/engine/value";

/** The kubeconfig of the cluster under test; without one, says why and skips the suite. */
export function clusterOrSkip(context: Mocha.Context): string {
  const kubeconfig = process.env.TEST_KUBECONFIG;
  if (!kubeconfig) {
    console.log("      skipped: TEST_KUBECONFIG names no cluster to test against");
    context.skip();
  }
  return kubeconfig ?? "";
}

/** A resource as the engine would handle it, one step at a time. */
export class Subject {
  readonly provider: Provider;
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly lines: string[] = [];
  inputs: Props = {};
  outputs: Props = {};
  id = "";

  constructor(provider: Provider, type: string, name: string) {
    this.provider = provider;
    this.type = type;
    this.name = name;
    this.urn = `urn:pulumi:dev::test::${type}::${name}`;
  }

  private operation(timeoutSeconds?: number): Operation {
    return {
      urn: this.urn,
      type: this.type,
      name: this.name,
      status: (line) => this.lines.push(line),
      signal: new AbortController().signal,
      ...(timeoutSeconds ? { timeoutSeconds } : {}),
    };
  }

  async check(news: Props, olds?: Props): Promise<CheckResult> {
    const seed = randomBytes(32);
    return this.provider.check({ ...this.operation(), news, olds, seed });
  }

  async create(news: Props, more: Partial<CreateRequest> = {}): Promise<Created> {
    const { inputs } = await this.check(news);
    const request = { ...this.operation(more.timeoutSeconds), inputs, preview: false, ...more };
    const created = await this.provider.create(request);
    if (!request.preview) Object.assign(this, { inputs, ...created });
    return created;
  }

  async diff(news: Props) {
    const { inputs } = await this.check(news, this.inputs);
    const { id, inputs: oldInputs, outputs: oldOutputs } = this;
    return this.provider.diff({
      ...this.operation(),
      id,
      oldInputs,
      oldOutputs,
      newInputs: inputs,
    });
  }

  async update(news: Props, more: Partial<UpdateRequest> = {}): Promise<Props> {
    const { inputs } = await this.check(news, this.inputs);
    const { outputs } = await this.provider.update({
      ...this.operation(more.timeoutSeconds),
      id: this.id,
      oldInputs: this.inputs,
      oldOutputs: this.outputs,
      newInputs: inputs,
      ignoreChanges: [],
      preview: false,
      ...more,
    });
    if (!more.preview) Object.assign(this, { inputs, outputs });
    return outputs;
  }

  live() {
    const { id, inputs, outputs } = this;
    return this.provider.live?.({ ...this.operation(), id, inputs, outputs });
  }

  find() {
    return this.provider.find?.({ ...this.operation(), id: "", inputs: this.inputs, outputs: {} });
  }

  read() {
    const { id, inputs, outputs } = this;
    return this.provider.read({ ...this.operation(), id, inputs, outputs });
  }

  delete(timeoutSeconds?: number) {
    const { id, inputs, outputs } = this;
    return this.provider.delete({ ...this.operation(timeoutSeconds), id, inputs, outputs });
  }
}

/** A provider for one cluster, and a namespace of its own in it. */
export async function openCluster(kubeconfig: string) {
  const provider = createKubernetesProvider();
  await provider.configure({ kubeconfig });
  const name = `provider-${randomBytes(4).toString("hex")}`;
  const namespace = new Subject(provider, "kubernetes:core/v1:Namespace", "ns");
  await namespace.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const subject = (type: string, logical: string) =>
    new Subject(provider, `kubernetes:${type}`, logical);
  const close = async () => {
    await namespace.delete(120);
    provider.close?.();
  };
  return { provider, namespace: name, subject, close };
}

export const configMap = (
  namespace: string,
  name: string,
  data: Props,
  more: Props = {},
): Props => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, ...more },
  data,
});
