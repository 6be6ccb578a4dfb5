import type { Rule } from "#model/rule";
import { defaultDeny } from "#rules/network/default-deny";
import { everyPodIsolated } from "#rules/network/every-pod-isolated";
import { neededFlows } from "#rules/network/needed-flows";
import { noAllowAll } from "#rules/network/no-allow-all";

/** In the catalogue's order. */
export const network: readonly Rule[] = [everyPodIsolated, defaultDeny, noAllowAll, neededFlows];
