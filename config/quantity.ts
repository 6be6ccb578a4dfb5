const FORM = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;
const THOUSANDTHS: Record<string, bigint> = {
  m: 1n,
  "": 1000n,
  k: 10n ** 6n,
  M: 10n ** 9n,
  G: 10n ** 12n,
  T: 10n ** 15n,
  Ki: 1000n << 10n,
  Mi: 1000n << 20n,
  Gi: 1000n << 30n,
  Ti: 1000n << 40n,
};

/** A Kubernetes quantity in thousandths of its unit; undefined if the text is none. */
export function parseQuantity(text: string): bigint | undefined {
  const [, digits, suffix = ""] = FORM.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const [whole = "", fraction = ""] = digits.split(".");
  const scaled = BigInt(whole + fraction) * THOUSANDTHS[suffix]!;
  const divisor = 10n ** BigInt(fraction.length);
  return scaled % divisor === 0n ? scaled / divisor : undefined;
}

/**
 * The same quantity in the form that the API server stores (`0.5` is `500m`, `1024Mi` is `1Gi`), so
 * that what is deployed and what is recorded never differ.
 */
export function canonicalQuantity(text: string): string {
  const value = parseQuantity(text);
  if (value === undefined) throw new Error(`"${text}" is not a Kubernetes quantity.`);
  if (value === 0n) return "0";
  if (value % 1000n !== 0n) return `${value}m`;
  const units = text.endsWith("i") ? ["Ti", "Gi", "Mi", "Ki"] : ["T", "G", "M", "k"];
  for (const unit of units) {
    if (value % THOUSANDTHS[unit]! === 0n) return `${value / THOUSANDTHS[unit]!}${unit}`;
  }
  return `${value / 1000n}`;
}
