import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a collector gets it. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: "internal" | "server" | "client" | "other";
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  links: { traceId: string; spanId: string }[];
  failed: boolean;
}

type Value = Record<string, unknown>;
interface WireSpan extends Omit<ReceivedSpan, "kind" | "attributes" | "resource" | "failed"> {
  kind: number;
  attributes: { key: string; value: Value }[];
  status: { code: number };
}
interface WireRequest {
  resourceSpans: {
    resource: { attributes: WireSpan["attributes"] };
    scopeSpans: { spans: WireSpan[] }[];
  }[];
}

const KINDS = ["other", "internal", "server", "client"] as const;

const flat = (attributes: WireSpan["attributes"]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** A collector of traces, as far as OTLP over HTTP in JSON asks of one. */
export class Collector {
  readonly spans: ReceivedSpan[] = [];
  /** What it answers. */
  status = 200;
  /** It answers when this is settled. */
  gate: Promise<void> = Promise.resolve();
  requests = 0;
  #server: Server | undefined;

  async start(): Promise<this> {
    this.#server = createServer(async (request, response) => {
      this.requests++;
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      await this.gate;
      const valid = request.method === "POST" && request.url === "/v1/traces";
      if (valid && this.status === 200) this.#take(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(valid ? this.status : 404, { "content-type": "application/json" });
      response.end("{}");
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}`;
  }

  named(name: string, kind: ReceivedSpan["kind"]): ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name && span.kind === kind);
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  #take({ resourceSpans }: WireRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { kind, attributes, status, ...span } of scopeSpans.flatMap((one) => one.spans)) {
        this.spans.push({
          ...span,
          links: span.links ?? [],
          kind: KINDS[kind] ?? "other",
          attributes: flat(attributes),
          resource: flat(resource.attributes),
          failed: status.code === 2,
        });
      }
    }
  }
}
