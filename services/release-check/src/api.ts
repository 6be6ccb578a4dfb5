import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { explain } from "./check.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
const ATTEMPT_MS = 5_000;
/** Network policies reach a new pod's node a moment after the pod. */
const PATIENCE_MS = 15_000;
const RETRY_MS = 250;
const UNASKED =
  "the API server could not be asked, so that no agent would be rolled back; name its address and port in rollback.apiServer, or set rollback.enabled to false";

/** The part of the Kubernetes API that a release check may use, in its own namespace. */
export class KubernetesApi {
  private readonly base: string;
  private readonly tokenFile: string;

  /** `base` leads to the namespace's objects of the group apps. */
  constructor(base: string, tokenFile: string) {
    this.base = base;
    this.tokenFile = tokenFile;
  }

  /** The API server of the cluster that this pod is in. */
  static inCluster(namespace: string): KubernetesApi {
    const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } =
      process.env;
    const address = host.includes(":") ? `[${host}]` : host;
    const base = `https://${address}:${port}/apis/apps/v1/namespaces/${namespace}`;
    return new KubernetesApi(base, `${ACCOUNT}/token`);
  }

  get<T>(path: string): Promise<T> {
    return this.request<T>("GET", path);
  }

  /** Server-side apply: the object has these fields of this manager's, and no others of it. */
  apply<T>(path: string, manager: string, object: unknown): Promise<T> {
    const query = `fieldManager=${encodeURIComponent(manager)}&force=true`;
    return this.request<T>("PATCH", `${path}?${query}`, object);
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const failure = await this.attempt(method, path, body).catch((error: unknown) => ({
        again: true,
        reason: `${UNASKED}: ${explain(error)}`,
      }));
      if (!("reason" in failure)) return failure.value as T;
      if (!failure.again || Date.now() > deadline) {
        throw new Error(`${method} ${path.replace(/\?.*/, "")}: ${failure.reason}`);
      }
      await sleep(RETRY_MS);
    }
  }

  private async attempt(method: string, path: string, body: unknown) {
    const answer = await fetch(`${this.base}/${path}`, {
      method,
      headers: {
        // Read each time, because the kubelet renews it.
        authorization: `Bearer ${readFileSync(this.tokenFile, "utf8")}`,
        ...(body === undefined ? {} : { "content-type": "application/apply-patch+yaml" }),
      },
      signal: AbortSignal.timeout(ATTEMPT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return { value: JSON.parse(text) as unknown };
    // What grants it is as young as the pod.
    const again = [403, 429].includes(answer.status) || answer.status >= 500;
    return { again, reason: `${answer.status} ${messageOf(text)}` };
  }
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message);
  } catch {
    return text.slice(0, 200);
  }
}
