import type { Rule } from "#model/rule";
import { antiAffinity } from "#rules/availability/anti-affinity";
import { autoscalerRange } from "#rules/availability/autoscaler-range";
import { autoscalerTarget } from "#rules/availability/autoscaler-target";
import { budgetAllowsEviction } from "#rules/availability/budget-allows-eviction";
import { budgetBelowAutoscaler } from "#rules/availability/budget-below-autoscaler";
import { disruptionBudget } from "#rules/availability/disruption-budget";
import { headlessService } from "#rules/availability/headless-service";
import { minimumReplicas } from "#rules/availability/minimum-replicas";
import { noBarePods } from "#rules/availability/no-bare-pods";
import { noNodePinning } from "#rules/availability/no-node-pinning";
import { replicasOrAutoscaler } from "#rules/availability/replicas-or-autoscaler";
import { rollingUpdate } from "#rules/availability/rolling-update";
import { selectorMatchesTemplate } from "#rules/availability/selector-matches-template";
import { sessionAffinity } from "#rules/availability/session-affinity";
import { topologySpread } from "#rules/availability/topology-spread";

/** In the catalogue's order. */
export const availability: readonly Rule[] = [
  minimumReplicas,
  antiAffinity,
  topologySpread,
  disruptionBudget,
  budgetAllowsEviction,
  budgetBelowAutoscaler,
  rollingUpdate,
  autoscalerRange,
  autoscalerTarget,
  replicasOrAutoscaler,
  noBarePods,
  selectorMatchesTemplate,
  headlessService,
  noNodePinning,
  sessionAffinity,
];
