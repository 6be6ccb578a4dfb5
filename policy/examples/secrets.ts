import type { Example, PodExample } from "#examples/mesh";

export const secretExamples: (Example | PodExample)[] = [];
