import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { type Log, reason } from "../log.ts";
import type { Identity } from "./index.ts";
import { samplerOf } from "./sampler.ts";

type Environment = Record<string, string | undefined>;

/** What makes spans and sends them in batches, as the standard OTEL_* variables say. */
export function createProvider(identity: Identity, log: Log, env: Environment): TracerProvider {
  const exporter = new ReportingExporter(new OTLPTraceExporter(), log);
  const number = (variable: string, byDefault: number) => Number(env[variable] || byDefault);
  return new TracerProvider({
    resource: resourceOf(identity),
    sampler: samplerOf(env),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: number("OTEL_BSP_SCHEDULE_DELAY", 5_000),
        maxQueueSize: number("OTEL_BSP_MAX_QUEUE_SIZE", 2_048),
        maxExportBatchSize: number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
        exportTimeoutMillis: number("OTEL_BSP_EXPORT_TIMEOUT", 30_000),
      }),
    ],
  });
}

function resourceOf({ name, version, namespace, instance }: Identity): Resource {
  return defaultResource()
    .merge(
      resourceFromAttributes({
        "service.name": name,
        "service.version": version,
        "service.namespace": namespace,
        "service.instance.id": instance,
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));
}

/** Says once when spans can't be delivered, and once when they can again. */
class ReportingExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #log: Log;
  #failing = false;

  constructor(inner: SpanExporter, log: Log) {
    this.#inner = inner;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#inner.export(spans, (result) => {
      const failed = result.code === ExportResultCode.FAILED;
      if (failed && !this.#failing) {
        const error = reason(result.error ?? "no reason given");
        this.#log.warn("traces cannot be delivered; they are dropped meanwhile", { error });
      } else if (!failed && this.#failing) this.#log.info("traces are delivered again");
      this.#failing = failed;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }
}
