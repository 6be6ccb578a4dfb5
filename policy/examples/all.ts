import { accessExamples } from "#examples/access";
import { availabilityExamples } from "#examples/availability";
import { imageExamples } from "#examples/images";
import type { Example, PodExample } from "#examples/mesh";
import { metadataExamples } from "#examples/metadata";
import { networkExamples } from "#examples/network";
import { podExamples } from "#examples/pods";
import { probeExamples } from "#examples/probes";
import { pulumiExamples } from "#examples/pulumi";
import { resourceExamples } from "#examples/resources";
import { secretExamples } from "#examples/secrets";
import { serviceMeshExamples } from "#examples/service-mesh";
import { serviceExamples } from "#examples/services";

/** Every example, in the order of the rules' areas. */
export const examples: (Example | PodExample)[] = [
  ...podExamples,
  ...imageExamples,
  ...resourceExamples,
  ...probeExamples,
  ...availabilityExamples,
  ...serviceExamples,
  ...networkExamples,
  ...accessExamples,
  ...secretExamples,
  ...metadataExamples,
  ...serviceMeshExamples,
  ...pulumiExamples,
];
