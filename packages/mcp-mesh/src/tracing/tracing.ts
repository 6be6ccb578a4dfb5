import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import type { TracerProvider } from "@opentelemetry/sdk-trace";
import manifest from "../../package.json" with { type: "json" };
import { correlateLogs } from "../log.ts";

/** What asynchronous work belongs to. It can change until the work has looked. */
export interface Scope {
  context: Context;
}

/** What runs in a span; what it throws is the span's error. */
export type Work<T> = (span: Span) => Promise<T>;

type Carrier = Record<string, string>;

const traceContext = new W3CTraceContextPropagator();
const everything = new CompositePropagator({
  propagators: [traceContext, new W3CBaggagePropagator()],
});

/** Makes spans, and knows which one the current work belongs to. */
export class Tracing {
  readonly tracer: Tracer;
  readonly #provider: TracerProvider;
  readonly #scopes = new AsyncLocalStorage<Scope>();

  constructor(provider: TracerProvider) {
    this.#provider = provider;
    this.tracer = provider.getTracer("mcp-mesh", manifest.version);
    correlateLogs(() => {
      const span = trace.getSpanContext(this.active());
      return span && { trace_id: span.traceId, span_id: span.spanId };
    });
  }

  /** The context that the current work belongs to. */
  active(): Context {
    return this.#scopes.getStore()?.context ?? ROOT_CONTEXT;
  }

  /** Runs work, and all that follows from it, in a scope. */
  within<T>(scope: Scope, work: () => T): T {
    return this.#scopes.run(scope, work);
  }

  /** Lets what runs from here on to the end of the current callback, and follows, be in a scope. */
  enter(scope: Scope): void {
    this.#scopes.enterWith(scope);
  }

  /** Whether the current work belongs to a trace. */
  isActive(): boolean {
    return trace.getSpanContext(this.active()) !== undefined;
  }

  /** Answers somebody in a span, whose parent came with the request. */
  server<T>(name: string, attributes: Attributes, parent: Context, work: Work<T>): Promise<T> {
    return this.#span(name, { kind: SpanKind.SERVER, attributes }, parent, work);
  }

  /** Asks somebody in a span, which belongs to the current work. */
  client<T>(name: string, attributes: Attributes, work: Work<T>): Promise<T> {
    return this.#span(name, { kind: SpanKind.CLIENT, attributes }, this.active(), work);
  }

  /** Marks a span as failed, by the kind of failure. */
  fail(span: Span, type: string, error?: unknown): void {
    span.setAttribute("error.type", type);
    const message = error instanceof Error ? error.message : undefined;
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }

  async #span<T>(name: string, options: SpanOptions, parent: Context, work: Work<T>): Promise<T> {
    const span = this.tracer.startSpan(name, options, parent);
    try {
      return await this.within({ context: trace.setSpan(parent, span) }, () => work(span));
    } catch (error) {
      this.fail(span, error instanceof Error ? error.name : "_OTHER", error);
      throw error;
    } finally {
      span.end();
    }
  }

  /** The context that a message or a request carries. */
  extract(carrier: object): Context {
    return everything.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  }

  /** The current context, as messages carry it. */
  carrier(): Carrier {
    const carrier: Carrier = {};
    everything.inject(this.active(), carrier, defaultTextMapSetter);
    return carrier;
  }

  /**
   * Lets requests by `fetch`, the SDK's among them, carry the trace that they are made in. Baggage
   * stays in the messages between agents: a request can lead anywhere.
   */
  propagateByFetch(): void {
    subscribe("undici:request:create", (message) => {
      const { request } = message as { request: UndiciRequest };
      if (String(request.headers).toLowerCase().includes("traceparent")) return;
      const set = (_request: unknown, name: string, value: string) =>
        request.addHeader(name, value);
      traceContext.inject(this.active(), undefined, { set });
    });
  }

  /** Sends what is left, and waits for that no longer than `limitMs`. */
  async shutdown(limitMs: number): Promise<void> {
    const limit = new Promise<void>((resolve) => {
      setTimeout(resolve, limitMs).unref();
    });
    await Promise.race([this.#provider.shutdown().catch(() => {}), limit]);
  }
}

interface UndiciRequest {
  headers: unknown;
  addHeader(name: string, value: string): void;
}
