import { z } from "zod";

/** Words that the API server checks: what it would refuse is refused here first, with its key. */

/** The labels that every object has, and by which pods are selected. */
const OWN_LABELS = [
  ...["name", "part-of", "instance", "component", "version", "managed-by"].map(
    (key) => `app.kubernetes.io/${key}`,
  ),
  "helm.sh/chart",
];

const PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${PART}(\\.${PART})*`;

const key = z
  .string()
  .max(253)
  .regex(new RegExp(`^(${SUBDOMAIN}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`));
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
  .regex(new RegExp(`^${SUBDOMAIN}$`));

/** The same, where nothing written means none. */
export const objectNameOrNone = z
  .string()
  .max(253)
  .regex(new RegExp(`^(${SUBDOMAIN})?$`));

/** The name of a namespace, a volume or a port. */
export const shortName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

export const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9.:]*[A-Za-z0-9])?$/);

const v4 = z.regexes.cidrv4.source;
const v6 = z.regexes.cidrv6.source;

/** A range of addresses. */
export const cidr = z
  .string()
  .regex(new RegExp(`${v4}|${v6}`))
  .refine(isWhole, { error: "has bits set beyond the prefix's length; set them to zero" });

/** Whether nothing of the address is beyond the prefix; an IPv6 address may be shortened by `::`. */
function isWhole(text: string): boolean {
  const [address = "", length = "0"] = text.split("/");
  const six = address.includes(":");
  const words = six ? expanded(address) : address.split(".");
  const [base, bits] = six ? [16, 16] : [10, 8];
  const number = words.reduce(
    (sum, word) => sum * 2n ** BigInt(bits) + BigInt(parseInt(word, base)),
    0n,
  );
  const rest = BigInt(words.length * bits) - BigInt(length);
  return number % 2n ** rest === 0n;
}

function expanded(address: string): string[] {
  const [head = [], tail] = address.split("::").map((half) => half.split(":").filter(Boolean));
  if (tail === undefined) return head;
  return [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
}

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
