import { z } from "zod";

/** Words that the API server checks: what it would refuse is refused here first, with its key. */

/** The labels that every object has, and by which pods are selected. */
const OWN_LABELS = [
  ...["name", "part-of", "instance", "component", "version", "managed-by"].map(
    (key) => `app.kubernetes.io/${key}`,
  ),
  "helm.sh/chart",
];

const key = z
  .string()
  .max(317)
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
  );
const labelKey = excluding(key, OWN_LABELS, "is the charts' own; choose another");
export const labelValue = z.string().regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/);

/** Labels to select or to match by. */
export const selector = z.record(key, labelValue);
export const taintKey = key.optional();

/** Labels and annotations to add. */
export const labels = z.record(labelKey, labelValue).default({});
export const annotations = z.record(key, z.string()).default({});

/** The name of a Secret, a class, an account or a claim. */
export const objectName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);

/** The same, where nothing written means none. */
export const objectNameOrNone = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/);

/** The name of a namespace, a volume or a port. */
export const shortName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

export const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?$/);

const OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
const V4 = `${OCTET}(\\.${OCTET}){3}/(3[0-2]|[12]?[0-9])`;
const V6 = "[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}/(12[0-8]|1[01][0-9]|[1-9]?[0-9])";
export const cidr = z.string().regex(new RegExp(`^(${V4}|${V6})$`));

/** Environment variables besides those that the chart sets, which can't be set twice. */
export function envBeside(...own: string[]) {
  const names = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);
  return z
    .record(excluding(names, own, "is set by the chart; choose another"), z.string())
    .default({})
    .describe("More environment variables. For secrets, mount a file.");
}

/** JSON Schema has a word for it as well, so that Helm refuses it, too. */
function excluding(text: z.ZodString, words: readonly string[], error: string) {
  if (words.length === 0) return text;
  return text
    .refine((word) => !words.includes(word), { error })
    .meta({ not: { enum: [...words] } });
}
