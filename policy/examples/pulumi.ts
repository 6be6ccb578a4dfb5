import type { Example, PodExample } from "#examples/mesh";

export const pulumiExamples: (Example | PodExample)[] = [];
