import { levelTemplate } from "#observability/logs/levels";
import { redactions } from "#observability/logs/redaction";
import { type Block, object, type Value } from "#observability/logs/syntax";

/** What Loki indexes: few values each, however many pods come and go. */
export const labels = ["namespace", "service", "component", "level"] as const;

/** What it keeps beside a line without an index. */
export const metadata = ["trace_id", "span_id", "pod", "container"] as const;

const stage = (kind: string, attributes: Record<string, Value>, blocks: Block[] = []): Block => ({
  name: `stage.${kind}`,
  attributes,
  blocks,
});

/** Stages for the lines that look like this. */
const where = (looks: string, ...blocks: Block[]): Block =>
  stage("match", { selector: `{namespace=~".+"} |~ ${JSON.stringify(looks)}` }, blocks);

/** Reads a level by a regular expression with a group of that name. */
const levelBy = (expression: string): Block => stage("regex", { expression });

const PROBES = "(?:live|livez|ready|readyz|startupz|healthz?|metrics|-/healthy|-/ready|api/health)";

/**
 * From a container's lines to entries of Loki. Nothing rests on who wrote a line, only on what it
 * looks like: an agent's author may log as he likes.
 */
export const stages: readonly Block[] = [
  // A stack trace is one entry: what is indented, or only closes a bracket, belongs to what went before.
  stage("multiline", { firstline: String.raw`^[^\s\])}]`, max_wait_time: "1s", max_lines: 200 }),
  stage("drop", { expression: String.raw`^\s*$`, drop_counter_reason: "empty" }),
  // A probe every few seconds says nothing, unless it fails.
  stage("drop", {
    expression: String.raw`(?:GET|HEAD) /${PROBES}(?:\?\S*)?(?: HTTP/\d(?:\.\d)?)?"? (?:1|2|3)\d\d\b`,
    drop_counter_reason: "probe",
  }),
  stage("drop", {
    expression: String.raw`"path":"/${PROBES}".*"status":(?:1|2|3)\d\d\b`,
    drop_counter_reason: "probe",
  }),
  ...redactions.map(({ expression, becomes }) =>
    stage("replace", { expression, replace: becomes }),
  ),
  // Ours, Prometheus', Alertmanager's and Grafana's; PostgreSQL's jsonlog calls the level otherwise.
  where(
    String.raw`^\{`,
    stage("json", {
      expressions: object({
        level: "level || severity || error_severity || lvl",
        trace_id: "trace_id || traceId || traceID",
        span_id: "span_id || spanId || spanID",
      }),
    }),
  ),
  // logfmt: the exporters', and Go's slog.
  where(
    String.raw`^(?:ts|time|t|level|lvl|logger|caller)=`,
    stage("logfmt", { mapping: object({ level: "", trace_id: "", span_id: "" }) }),
  ),
  // klog: Kubernetes' own programs, such as kube-state-metrics and prometheus-adapter.
  where(String.raw`^[IWEF]\d{4} \d\d:\d\d`, levelBy(String.raw`^(?P<level>[IWEF])\d{4} `)),
  // PostgreSQL's text, and pgBackRest's.
  where(
    String.raw`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`,
    levelBy(String.raw`^\S+ \S+ (?:\S+ \[\d+\] (?:\S+ )??|P\d+\s+)(?P<level>[A-Z]+\d?):\s`),
  ),
  // Node's own words about what nobody caught.
  where(
    String.raw`(?m)^(?:Uncaught\s|\[?Unhandled|(?:[A-Za-z]*Error|AggregateError)\b.*:|node:internal/.*:\d+$)`,
    stage("template", { source: "level", template: '{{ .level | default "error" }}' }),
  ),
  stage("template", { source: "level", template: levelTemplate() }),
  stage("labels", { values: object({ level: "" }) }),
  stage("structured_metadata", {
    values: object(Object.fromEntries(metadata.map((name) => [name, ""]))),
  }),
  stage("label_keep", { values: labels }),
];
