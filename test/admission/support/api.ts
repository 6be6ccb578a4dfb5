import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { parse } from "yaml";

export interface Answer {
  status: number;
  body: any;
  /** The texts of the answer's warnings. */
  warnings: string[];
}

/** The API server of a kubeconfig, over a few connections that stay open: thousands of calls. */
export class Api {
  private readonly server: string;
  private readonly agent: Agent;

  constructor(kubeconfig: string) {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8"));
    const { server, "certificate-authority-data": ca } = clusters[0].cluster;
    const { "client-certificate-data": cert, "client-key-data": key } = users[0].user;
    const decoded = (text: string) => Buffer.from(text, "base64");
    this.server = server;
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: 8,
      ca: decoded(ca),
      cert: decoded(cert),
      key: decoded(key),
    });
  }

  /** One call; whatever the server says is an answer. */
  call(method: string, path: string, object?: unknown, headers = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const all = { "content-type": "application/json", ...headers };
      const options = { method, agent: this.agent, headers: all };
      const call = request(`${this.server}${path}`, options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const warnings = (response.headersDistinct.warning ?? []).map(textOfWarning);
          resolve({ status: response.statusCode ?? 0, body: bodyOf(text), warnings });
        });
      });
      call.on("error", reject);
      call.end(object === undefined ? undefined : JSON.stringify(object));
    });
  }

  /** A call that must succeed. */
  async must(method: string, path: string, object?: unknown): Promise<any> {
    const { status, body } = await this.call(method, path, object);
    if (status >= 300) throw new Error(`${method} ${path}: ${body?.message ?? status}`);
    return body;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Server-side apply's content type and query, so that a test may run twice on one cluster. */
export async function apply(api: Api, path: string, object: unknown): Promise<void> {
  const headers = { "content-type": "application/apply-patch+yaml" };
  const query = "?fieldManager=test&force=true";
  const { status, body } = await api.call("PATCH", path + query, object, headers);
  if (status >= 300) throw new Error(`${path}: ${body?.message ?? status}`);
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** `299 - "text"` */
function textOfWarning(header: string): string {
  const [, quoted = ""] = /^\d+ \S+ (".*")$/s.exec(header) ?? [];
  return quoted.slice(1, -1).replace(/\\(.)/g, "$1");
}
