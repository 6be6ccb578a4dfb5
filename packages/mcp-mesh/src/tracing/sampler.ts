import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";

type Environment = Record<string, string | undefined>;

const ROOTS: Record<string, (ratio: number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
};

/** The sampler that OTEL_TRACES_SAMPLER names; the SDK itself reads no environment any more. */
export function samplerOf(env: Environment): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || "parentbased_always_on";
  const root = ROOTS[name.replace(/^parentbased_/, "")];
  if (!root) {
    const names = Object.keys(ROOTS).flatMap((known) => [known, `parentbased_${known}`]);
    throw new Error(`OTEL_TRACES_SAMPLER is "${name}", but must be one of ${names.join(", ")}.`);
  }
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG || 1);
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new Error(`OTEL_TRACES_SAMPLER_ARG is "${ratio}", but must be between 0 and 1.`);
  }
  const sampler = root(ratio);
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root: sampler }) : sampler;
}
