import type { Rule } from "#model/rule";
import { antiAffinity } from "#rules/availability/anti-affinity";
import { minimumReplicas } from "#rules/availability/minimum-replicas";

/** In the catalogue's order. */
export const availability: readonly Rule[] = [minimumReplicas, antiAffinity];
