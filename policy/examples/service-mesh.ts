import type { Example, PodExample } from "#examples/mesh";

export const serviceMeshExamples: (Example | PodExample)[] = [];
