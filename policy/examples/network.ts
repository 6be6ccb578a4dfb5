import type { Example, PodExample } from "#examples/mesh";

export const networkExamples: (Example | PodExample)[] = [];
