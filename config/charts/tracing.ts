import { z } from "zod";

const NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
/** 1 to 65535. */
const PORT =
  "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

/** Where a workload's traces go. */
export const tracing = z
  .strictObject({
    endpoint: z
      .string()
      .regex(new RegExp(`^https?://${NAME}(\\.${NAME}\\.svc(\\.cluster\\.local)?)?:${PORT}$`), {
        error:
          "must be a Service of the cluster with its port, such as http://alloy.monitoring.svc:4318; for one elsewhere, let a collector in the cluster pass the traces on",
      })
      .describe(
        "An OTLP/HTTP collector: a Service whose pods listen on the port of the same number, which the network policy opens.",
      ),
    samplingRatio: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe("Of the traces that begin here; one that a caller began keeps its decision."),
  })
  .describe("With it, traces are made and sent.");
