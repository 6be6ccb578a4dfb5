import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rule } from "#model/rule";

/** A rule's page in the documentation, from the project's root. */
export function pageOf({ name }: Pick<Rule, "name">): string {
  return `policy/docs/${name}.md`;
}

/** The address of that page, if package.json says where the project is published. */
export function pageUrl(rule: Pick<Rule, "name">, address = repository()): string | undefined {
  return address === undefined ? undefined : `${address}/blob/main/${pageOf(rule)}`;
}

let known: { address: string | undefined } | undefined;

function repository(): string | undefined {
  known ??= { address: addressIn(join(import.meta.dirname, "..", "..", "package.json")) };
  return known.address;
}

function addressIn(file: string): string | undefined {
  try {
    return addressOf(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // The pack may be published without the project around it.
    return undefined;
  }
}

/** The web address in a package's `repository`, in any form that npm takes. */
export function addressOf({ repository }: { repository?: unknown }): string | undefined {
  const url =
    typeof repository === "string" ? repository : (repository as { url?: string } | undefined)?.url;
  if (url === undefined) return undefined;
  const short = /^(?:github:)?([\w-]+\/[\w.-]+)$/.exec(url);
  if (short) return `https://github.com/${short[1]}`;
  const host = /^(?:git\+)?(?:https?|ssh|git):\/\/(?:git@)?(.+?)(?:\.git)?\/?$/.exec(url);
  return host ? `https://${host[1]}` : undefined;
}
