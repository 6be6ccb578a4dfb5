import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A browser as far as logging in needs one: it keeps cookies, and follows links one at a time. */
export class Visitor {
  readonly #jars = new Map<string, Map<string, string>>();
  /** Every Set-Cookie that it was sent, as it was written. */
  readonly written: string[] = [];

  cookies(url: string): Map<string, string> {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    return jar;
  }

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = this.cookies(url);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      this.written.push(line);
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/; Max-Age=0/.test(line) || value === "") jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  post(url: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> {
    const type = { "content-type": "application/json", ...headers };
    return this.fetch(url, { method: "POST", body: JSON.stringify(body), headers: type });
  }

  /** Where a redirect leads. */
  async next(url: string, init?: RequestInit): Promise<string> {
    const response = await this.fetch(url, init);
    const location = response.headers.get("location");
    if (location === null) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return new URL(location, url).href;
  }
}

/** Files with secrets, as Kubernetes mounts them. */
export class Secrets {
  readonly #folder = mkdtempSync(join(tmpdir(), "mcp-mesh-secrets-"));

  write(name: string, text: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, `${text}\n`);
    return file;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

export const KEYS = ["first-key-of-the-test-with-letters", "second-key-of-the-test-with-letters"];
