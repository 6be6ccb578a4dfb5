import { z } from "zod";
import { fullnameOverride, globalPart } from "#config/charts/common";
import { guardrails } from "#config/guardrails";

/** The quota, the limits, the closed network, the priorities and the people's roles. */
export const foundation = guardrails.extend({ global: globalPart, fullnameOverride });
export type FoundationValues = z.output<typeof foundation>;
