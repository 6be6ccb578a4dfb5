import { type ObjectRule, unknownMessage } from "#model/rule";

export const knownInPreview: ObjectRule = {
  id: "U4",
  name: "known-in-preview",
  title: "Every field that a rule reads is known in a preview.",
  level: "mandatory",
  severity: "high",
  why: "A field that is only known during the update lets a violation through every preview.",
  fix: "Give the field a value that does not depend on another resource's output.",
  pulumiOnly: "unknowns",
  check: (_subject, { blocked }) =>
    blocked.map(({ rule, path }) => ({ path, message: unknownMessage(rule) })),
};
