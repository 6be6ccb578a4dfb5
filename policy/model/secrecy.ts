/** The fields of a Secret, as a remediation sees it, whose values are known and not secret. */
export function plainFieldsOf(props: Record<string, unknown>): string[] {
  return ["data", "stringData"].flatMap((field) => {
    if (isSecretOrUnknown(props, field)) return [];
    const values = props[field] as Record<string, unknown> | undefined;
    if (typeof values !== "object" || values === null) return [];
    const plain = Object.keys(values).filter((key) => !isSecretOrUnknown(values, key));
    return plain.map((key) => `${field}.${key}`);
  });
}

/** The host's proxies unwrap secrets that are read through them; a descriptor bypasses them. */
function isSecretOrUnknown(owner: Record<string, unknown>, key: string): boolean {
  try {
    void owner[key];
    return isSecret(Object.getOwnPropertyDescriptor(owner, key)?.value);
  } catch {
    return true;
  }
}

/** Whether a host marked a value as secret, by an object of its class `Secret`. */
function isSecret(value: unknown): boolean {
  return typeof value === "object" && value?.constructor?.name === "Secret";
}
