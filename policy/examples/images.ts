import { onContainer, onPod, type PodExample, set } from "#examples/mesh";

export const imageExamples: PodExample[] = [
  onContainer("no tag", ["I1"], "image", (c) => set(c, { image: "registry.example:5000/web" })),
  onContainer("the tag latest", ["I1"], "image", (c) => set(c, { image: "web:latest" })),
  onPod("an image volume without a tag", ["I1"], "spec.volumes[0].image.reference", ({ spec }) =>
    set(spec, { volumes: [{ name: "v", image: { reference: "models" } }] }),
  ),
];
