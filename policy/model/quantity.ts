const form =
  /^([+-]?)(\d+\.?\d*|\.\d+)(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d{1,2}))?$/;

const billionths: Record<string, bigint> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  "": 10n ** 9n,
  ...Object.fromEntries(
    ["k", "M", "G", "T", "P", "E"].map((u, i) => [u, 10n ** BigInt(12 + 3 * i)]),
  ),
  ...Object.fromEntries(
    ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((u, i) => [u, (10n ** 9n) << BigInt(10 + 10 * i)]),
  ),
};

/** A quantity in billionths, rounded up as Kubernetes does; undefined for what is none. */
export function parseQuantity(text: unknown): bigint | undefined {
  if (typeof text !== "string" && typeof text !== "number") return undefined;
  const [, sign, number, suffix = "", exponent = "0"] = form.exec(`${text}`) ?? [];
  if (number === undefined) return undefined;
  const [whole = "", fraction = ""] = number.split(".");
  const power = Number(exponent);
  const unit = billionths[suffix] as bigint;
  const scaled = BigInt(whole + fraction) * unit * 10n ** BigInt(Math.max(power, 0));
  const divisor = 10n ** BigInt(fraction.length + Math.max(-power, 0));
  const value = (scaled + divisor - 1n) / divisor;
  return sign === "-" ? -value : value;
}

/** The amount as people write it, rounded up: in Mi like `4Gi`, in thousandths like `500m`. */
export function showQuantity(value: bigint, like: unknown): string {
  const binary = `${like}`.endsWith("i");
  const step = (binary ? billionths.Mi : billionths.m) as bigint;
  const count = (value + step - 1n) / step;
  if (binary) return count % 1024n === 0n ? `${count / 1024n}Gi` : `${count}Mi`;
  return count % 1000n === 0n ? `${count / 1000n}` : `${count}m`;
}
