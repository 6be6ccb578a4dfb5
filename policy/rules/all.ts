import type { Rule } from "#model/rule";
import { access } from "#rules/access/index";
import { availability } from "#rules/availability/index";
import { images } from "#rules/images/index";
import { metadata } from "#rules/metadata/index";
import { network } from "#rules/network/index";
import { pods } from "#rules/pods/index";
import { probes } from "#rules/probes/index";
import { pulumi } from "#rules/pulumi/index";
import { resources } from "#rules/resources/index";
import { secrets } from "#rules/secrets/index";
import { serviceMesh } from "#rules/service-mesh/index";
import { services } from "#rules/services/index";

/** Every rule, in the catalogue's order. What reports on other rules stands last. */
export const rules: readonly Rule[] = [
  ...pods,
  ...images,
  ...resources,
  ...probes,
  ...availability,
  ...services,
  ...network,
  ...access,
  ...secrets,
  ...metadata,
  ...serviceMesh,
  ...pulumi,
];
