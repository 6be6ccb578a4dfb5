import { readFileSync } from "node:fs";

/** How long a changed Secret takes at most, once the node has it. */
const KEPT_MS = 5_000;

/**
 * A secret that stands in a file, as Kubernetes mounts it. It is read again and again, so that a changed
 * password or a new key counts without a restart; what can't be read changes nothing. The first read
 * throws an error that names the file.
 */
export function secretFile<Of>(file: string, parse: (text: string) => Of): () => Of {
  const read = () => parse(readFileSync(file, "utf8").trim());
  let read_at = Date.now();
  let value: Of;
  try {
    value = read();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  return () => {
    if (Date.now() - read_at < KEPT_MS) return value;
    read_at = Date.now();
    try {
      value = read();
    } catch {
      // While the node replaces it, or because somebody emptied it: the last one stays.
    }
    return value;
  };
}
