const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const NANO = 10n ** 9n;

/**
 * A quantity as the API server writes it: `0.01` is `10m`, `1` is `"1"`, `1024Mi` is `1Gi`.
 * What is no quantity comes back as it is, for the server to refuse by name; so does `1e3`.
 */
export function canonicalQuantity(given: string | number): string {
  const source = String(given);
  const match = /^([+-]?)(\d*)\.?(\d*)([numkMGTPE]|[KMGTPE]i|)$/.exec(source);
  if (!match) return source;
  const [, sign = "", whole = "", fraction = "", suffix = ""] = match;
  if (!whole && !fraction) return source;
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return "0";
  const binary = suffix.endsWith("i");
  // In units of 10^-9, the finest there is, rounded up as the server does.
  const decimals = 9 - fraction.length + (binary ? 0 : 3 * (DECIMAL.indexOf(suffix) - 3));
  const scaled = digits * (binary ? 1024n ** BigInt(BINARY.indexOf(suffix)) : 1n);
  const nano =
    decimals >= 0 ? scaled * 10n ** BigInt(decimals) : ceilDiv(scaled, 10n ** BigInt(-decimals));
  const minus = sign === "-" ? "-" : "";
  if (binary && nano >= 1024n * NANO) {
    return minus + shorten(ceilDiv(nano, NANO), 1024n, BINARY);
  }
  return minus + shorten(nano, 1000n, DECIMAL);
}

const ceilDiv = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

function shorten(value: bigint, base: bigint, suffixes: string[]): string {
  let step = 0;
  let rest = value;
  while (rest % base === 0n && step < suffixes.length - 1) {
    rest /= base;
    step += 1;
  }
  return `${rest}${suffixes[step]}`;
}
