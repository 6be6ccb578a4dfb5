import type { Rule } from "#model/rule";
import { strictMtls } from "#rules/service-mesh/strict-mtls";

/** In the catalogue's order. */
export const serviceMesh: readonly Rule[] = [strictMtls];
