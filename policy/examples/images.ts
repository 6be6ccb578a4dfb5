import { type Example, onContainer, onObject, onPod, type PodExample, set } from "#examples/mesh";

const shop = "registry.example:5000/shop";
const digest = `sha256:${"3".repeat(64)}`;
const first = "spec.template.spec.initContainers[0].image";

/** The Deployment's init container with another image. */
const instead = (image: string) => (deployment: any) =>
  set(deployment.spec.template.spec.initContainers[0], { image });

export const imageExamples: (Example | PodExample)[] = [
  onContainer("no tag", ["I1", "I2"], "image", (c) => set(c, { image: `${shop}/web` })),
  onContainer("the tag latest", ["I1", "I2"], "image", (c) =>
    set(c, { image: `${shop}/web:latest` }),
  ),
  onPod(
    "an image volume without a tag",
    ["I1", "I2"],
    "spec.volumes[0].image.reference",
    ({ spec }) => set(spec, { volumes: [{ name: "v", image: { reference: `${shop}/models` } }] }),
  ),
  onContainer("no digest", ["I2"], "image", (c) => set(c, { image: `${shop}/migrate:1.2.3` })),
  onObject(
    "an image of no registry",
    ["I3", "I6"],
    "Deployment/web",
    first,
    instead(`shop/migrate:1.2.3@${digest}`),
  ),
  {
    ...onObject(
      "an image that only looks like one of the registry",
      ["I3", "I6"],
      "Deployment/web",
      first,
      instead(`${shop}.evil/migrate:1.2.3@${digest}`),
    ),
    settings: { "image-registry": { registries: [shop] } },
  },
  onObject("images that nobody signs", ["I6"], "Deployment/web", first, (_, mesh) => {
    delete mesh["Policy/signed-images"];
  }),
  onPod(
    "the label of another version",
    ["I7"],
    'metadata.labels["app.kubernetes.io/version"]',
    ({ metadata }) => set(metadata.labels, { "app.kubernetes.io/version": "1.2.2" }),
  ),
];
