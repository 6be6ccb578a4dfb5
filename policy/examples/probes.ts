import type { Example, PodExample } from "#examples/mesh";

export const probeExamples: (Example | PodExample)[] = [];
