/** The cookies of one server; none of them can be read by a script. */
export interface Cookies {
  read(header: string | undefined, name: string): string | undefined;
  /** `Strict`: not sent with what another site links to; `Lax`: sent with that alone. */
  write(name: string, value: string, seconds: number, sameSite: "Strict" | "Lax"): string;
  erase(name: string): string;
}

/**
 * Over HTTPS, the prefix keeps other hosts of the domain from planting a cookie. Without it, as behind
 * `kubectl port-forward`, browsers would not keep a cookie with that prefix.
 */
export function createCookies(https: boolean): Cookies {
  const full = (name: string) => `${https ? "__Host-" : ""}mcp-mesh-${name}`;
  const attributes = `Path=/; HttpOnly${https ? "; Secure" : ""}`;
  return {
    read(header = "", name) {
      const wanted = `${full(name)}=`;
      const found = header.split(/; */).find((part) => part.startsWith(wanted));
      return found?.slice(wanted.length);
    },
    write: (name, value, seconds, sameSite) =>
      `${full(name)}=${value}; Max-Age=${seconds}; SameSite=${sameSite}; ${attributes}`,
    erase: (name) => `${full(name)}=; Max-Age=0; ${attributes}`,
  };
}
