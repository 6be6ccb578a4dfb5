import { onContainer, type PodExample, set } from "#examples/mesh";

export const resourceExamples: PodExample[] = [
  onContainer("no CPU request", ["R1"], "resources.requests.cpu", (c) =>
    set(c.resources?.requests, { cpu: undefined }),
  ),
  onContainer("a memory limit of 0", ["R1"], "resources.limits.memory", (c) =>
    set(c.resources?.limits, { memory: 0 }),
  ),
];
