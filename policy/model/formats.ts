/** What is wrong with a value, and what to write instead. */
export type Format = (value: unknown) => string | undefined;

/** The plain types of the schemas, by name. */
export const formats: Record<string, Format> = {
  string: (value) => (isText(value) ? undefined : expected(value, "a string, in quotes")),
  boolean: (value) => (typeof value === "boolean" ? undefined : expected(value, "true or false")),
  int32: integerUpTo(2 ** 31 - 1),
  int64: integerUpTo(2 ** 63),
  double: (value) => (typeof value === "number" ? undefined : expected(value, "a number")),
  "int-or-string": (value) =>
    typeof value === "string" ? undefined : integerUpTo(2 ** 31 - 1)(value),
  quantity: (value) =>
    typeof value === "number" || (isText(value) && quantity.test(`${value}`))
      ? undefined
      : typeof value === "string"
        ? `is ${JSON.stringify(value)}; write a quantity, such as "500m" or "64Mi"`
        : expected(value, "a quantity"),
  "date-time": (value) =>
    value instanceof Date || (typeof value === "string" && dateTime.test(value))
      ? undefined
      : 'is not a time; write one like "2027-06-30T12:00:00Z"',
  // The value may be a password: it is not shown.
  byte: (value) =>
    typeof value === "string" && isBase64(value) ? undefined : "is not base64; encode the value",
};

const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;
const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d([.,]\d+)?([Zz]|[+-]\d\d:\d\d)$/;

export function oneOf(values: readonly string[]): Format {
  return (value) => {
    if (typeof value !== "string") return expected(value, "a string, in quotes");
    // Where a field has a default, an empty string means the default.
    if (value === "" || values.includes(value)) return undefined;
    return `is ${JSON.stringify(value)}; write ${values.map((each) => `"${each}"`).join(", ")}`;
  };
}

function integerUpTo(limit: number): Format {
  return (value) => {
    if (!Number.isInteger(value)) return expected(value, "an integer");
    const fits = (value as number) >= -limit - 1 && (value as number) <= limit;
    return fits ? undefined : `is ${value}; write an integer up to ${limit}`;
  };
}

function isBase64(value: string): boolean {
  const text = value.replace(/[\r\n]/g, "");
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** YAML reads a bare date as a time; Kubernetes takes it for the text that it is. */
function isText(value: unknown): boolean {
  return typeof value === "string" || value instanceof Date;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Values may be secret, so it is their type that is shown. */
export function expected(value: unknown, what: string): string {
  const article = (noun: string) => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
  const found = Array.isArray(value) ? "list" : isRecord(value) ? "mapping" : typeof value;
  return `is ${article(found)}; write ${what}`;
}
