import type { Rule } from "#model/rule";
import { gracefulStop } from "#rules/probes/graceful-stop";
import { livenessProbe } from "#rules/probes/liveness-probe";
import { probePorts } from "#rules/probes/probe-ports";
import { probesDiffer } from "#rules/probes/probes-differ";
import { readinessProbe } from "#rules/probes/readiness-probe";

/** In the catalogue's order. */
export const probes: readonly Rule[] = [
  livenessProbe,
  readinessProbe,
  probesDiffer,
  probePorts,
  gracefulStop,
];
