import type { Example, PodExample } from "#examples/mesh";

export const serviceExamples: (Example | PodExample)[] = [];
