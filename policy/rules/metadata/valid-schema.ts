import type { ObjectRule } from "#model/rule";
import { differences, typeOf } from "#model/schema";

export const validSchema: ObjectRule = {
  id: "M11",
  name: "valid-schema",
  title: "Every object has the fields of its kind, and nothing else.",
  level: "mandatory",
  severity: "medium",
  why: "The API server drops a field that it does not know: a typo in a safeguard removes it silently.",
  fix: "Write each field as the API reference of Kubernetes 1.36 has it.",
  check({ apiVersion, kind, body, patch }, { attempt }) {
    // Custom resources, and versions that are not served any more, are left to their own rules.
    const type = typeOf(apiVersion, kind);
    return type ? attempt(() => differences(body, type, patch)) : [];
  },
};
