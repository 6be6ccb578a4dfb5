import type { Example, PodExample } from "#examples/mesh";

export const metadataExamples: (Example | PodExample)[] = [];
