import { credentialIn, credentialInFile, credentialUnder } from "#model/credentials";
import { podOf } from "#model/pod";
import type { ObjectRule, Violation } from "#model/rule";

export const noCredentialsInConfiguration: ObjectRule = {
  id: "K3",
  name: "no-credentials-in-configuration",
  title: "No ConfigMap and no annotation holds a password, token or key.",
  level: "mandatory",
  severity: "high",
  why: "ConfigMaps and annotations are for everybody to read; they are not encrypted, and land in logs.",
  fix: "Put the value into a Secret, and name its file in the configuration.",
  check(subject, { attempt }) {
    const { body } = subject;
    const pod = podOf(subject);
    return [
      // A key of an annotation often names the Secret that is meant: its value alone counts.
      ...attempt(() => found(body.metadata?.annotations, "metadata.annotations", credentialOf)),
      ...attempt(() =>
        pod && pod.metadataPath !== "metadata"
          ? found(pod.metadata.annotations, `${pod.metadataPath}.annotations`, credentialOf)
          : [],
      ),
      ...attempt(() => (subject.groupKind === "ConfigMap" ? found(body.data, "data", ofFile) : [])),
    ];
  },
};

const credentialOf = (_key: string, text: string) => credentialIn(text);

const ofFile = (key: string, text: string) => credentialUnder(key, text) ?? credentialInFile(text);

function found(
  texts: Record<string, unknown> | undefined | null,
  path: string,
  judge: (key: string, text: string) => string | undefined,
): Violation[] {
  return Object.keys(texts ?? {}).flatMap((key) => {
    const text = texts?.[key];
    const credential = typeof text === "string" ? judge(key, text) : undefined;
    const message = `holds ${credential}; put it into a Secret`;
    return credential ? [{ path: `${path}.${key}`, message }] : [];
  });
}
