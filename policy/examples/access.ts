import type { Example, PodExample } from "#examples/mesh";

export const accessExamples: (Example | PodExample)[] = [];
