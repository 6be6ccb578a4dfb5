import { imagesOf, parseImage } from "#model/image";
import { type StackRule, show } from "#model/rule";
import { enforcedSigners, recordedSigners } from "#model/signers";

const text = { type: "string", minLength: 1 };

export const imageSignature: StackRule = {
  id: "I6",
  name: "image-signature",
  title: "It is on record who signs each image, and what verifies that before it runs.",
  level: "mandatory",
  severity: "high",
  why: "A digest says that the image is the same one, not who built it; only a signature does.",
  fix: "Add a ClusterImagePolicy or a Kyverno policy with verifyImages that enforces it; if the cluster verifies by itself, record who signs in the setting signers.",
  settings: {
    signers: {
      type: "array",
      items: {
        type: "object",
        required: ["images", "verifiedBy"],
        anyOf: [{ required: ["key"] }, { required: ["identity", "issuer"] }],
        properties: {
          images: { ...text, description: "A registry with or without a path." },
          key: { ...text, description: "The public key, or where it is kept." },
          identity: { ...text, description: "Who signs without a key of his own." },
          issuer: { ...text, description: "Who vouches for that identity." },
          verifiedBy: { ...text, description: "What checks it: a policy of the cluster, a step." },
        },
        additionalProperties: false,
      },
      default: [],
      description:
        "Who signs images whose signature something outside of the stack verifies. The rule trusts the record: it doesn't fetch signatures.",
    },
  },
  checkStack(graph, context) {
    const signers = [...recordedSigners(context.settings), ...enforcedSigners(graph)];
    return graph.pods.flatMap((pod) =>
      imagesOf(pod).flatMap((read) =>
        context.attempt(() => {
          const { path, image: reference } = read();
          const image = parseImage(reference);
          // What is no image at all is I3's matter.
          if (!image || signers.some((signs) => signs(image))) return [];
          const message = `is ${show(reference)}, and no policy of the stack enforces its signature; add one, or record in the setting signers who signs ${image.name}`;
          return [{ subject: pod.subject, path, message }];
        }),
      ),
    );
  },
};
