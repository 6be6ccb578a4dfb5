import { z } from "zod";
import type { OidcSettings } from "./oidc.ts";
import type { Lifetimes } from "./session.ts";

/** How people log in; or why nobody has to. */
export type LoginSettings =
  | { open: string }
  | {
      open?: undefined;
      keysFile: string;
      lifetimes: Lifetimes;
      local?: { name: string; passwordFile: string };
      oidc?: OidcSettings;
    };

const file = z.string().min(1).optional();
const strings = z
  .string()
  .default("[]")
  .transform((text, context): string[] => {
    try {
      return z.array(z.string().min(1)).parse(JSON.parse(text));
    } catch {
      context.addIssue({ code: "custom", message: 'must be a JSON list, such as ["operators"]' });
      return [];
    }
  });

/** The environment variables about logging in. */
export const loginVariables = {
  OPEN_BECAUSE: z.string().min(10, "must say in a sentence why nobody has to log in").optional(),
  SESSION_KEYS_FILE: file,
  SESSION_HOURS: z.coerce.number().positive().max(168).default(12),
  SESSION_IDLE_MINUTES: z.coerce.number().positive().max(1_440).default(60),
  LOCAL_USER: z.string().min(1).max(100).default("admin"),
  LOCAL_PASSWORD_FILE: file,
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: "must be the https:// URL of the OpenID provider" })
    .optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET_FILE: file,
  OIDC_LABEL: z.string().min(1).max(60).default("single sign-on"),
  OIDC_SCOPES: z.string().default("openid profile email"),
  OIDC_GROUPS_CLAIM: z.string().min(1).default("groups"),
  OIDC_ALLOWED_GROUPS: strings,
  OIDC_ALLOWED_EMAILS: strings,
  OIDC_ALLOWED_DOMAINS: strings,
  OIDC_ANYBODY_BECAUSE: z
    .string()
    .min(10, "must say in a sentence why everybody whom the provider knows may come in")
    .optional(),
  /** Where browsers find the page: providers send them back there. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: "must be the http:// or https:// URL of this page" })
    .transform((url) => new URL(`${url.replace(/\/+$/, "")}/`))
    .optional(),
};
const variables = z.object(loginVariables);
type Environment = z.output<typeof variables>;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** What each variable may be by itself, but not beside the others. */
export function* contradictions(given: Environment): Generator<[keyof Environment, string]> {
  const ways = given.LOCAL_PASSWORD_FILE ?? given.OIDC_ISSUER;
  if (given.OPEN_BECAUSE) {
    if (ways) yield ["OPEN_BECAUSE", "opens the page to everybody; leave it out, or every login"];
    return;
  }
  if (!ways) {
    yield [
      "LOCAL_PASSWORD_FILE",
      "nobody could log in: set it, or OIDC_ISSUER, or say in OPEN_BECAUSE why nobody has to",
    ];
  } else if (!given.SESSION_KEYS_FILE) {
    yield ["SESSION_KEYS_FILE", "name the file of the keys that encrypt sessions"];
  }
  if (!given.OIDC_ISSUER) return;
  for (const needed of ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET_FILE", "PUBLIC_URL"] as const) {
    if (!given[needed]) yield [needed, "is needed to log in by OIDC_ISSUER"];
  }
  const { protocol, hostname } = new URL(given.OIDC_ISSUER);
  if (protocol === "http:" && !LOOPBACK.includes(hostname)) {
    yield ["OIDC_ISSUER", "must be an https:// URL; whoever is between could log in as anybody"];
  }
  if (!given.OIDC_SCOPES.split(" ").includes("openid")) yield ["OIDC_SCOPES", "must name openid"];
  const lists = [given.OIDC_ALLOWED_GROUPS, given.OIDC_ALLOWED_EMAILS, given.OIDC_ALLOWED_DOMAINS];
  if (lists.every((list) => list.length === 0) && !given.OIDC_ANYBODY_BECAUSE) {
    yield [
      "OIDC_ALLOWED_GROUPS",
      "nobody could log in: name groups, OIDC_ALLOWED_EMAILS or OIDC_ALLOWED_DOMAINS, or say in OIDC_ANYBODY_BECAUSE why everybody may whom the provider knows",
    ];
  }
}

/** The settings that variables without contradictions mean. */
export function loginOf(given: Environment): LoginSettings {
  if (given.OPEN_BECAUSE) return { open: given.OPEN_BECAUSE };
  const { LOCAL_PASSWORD_FILE: passwordFile, OIDC_ISSUER: issuer } = given;
  return {
    keysFile: given.SESSION_KEYS_FILE!,
    lifetimes: {
      absolute: Math.round(given.SESSION_HOURS * 3_600),
      idle: Math.round(given.SESSION_IDLE_MINUTES * 60),
    },
    ...(passwordFile ? { local: { name: given.LOCAL_USER, passwordFile } } : {}),
    ...(issuer
      ? {
          oidc: {
            issuer,
            clientId: given.OIDC_CLIENT_ID!,
            clientSecretFile: given.OIDC_CLIENT_SECRET_FILE!,
            label: given.OIDC_LABEL,
            scopes: given.OIDC_SCOPES,
            groupsClaim: given.OIDC_GROUPS_CLAIM,
            allowed: {
              groups: given.OIDC_ALLOWED_GROUPS,
              emails: given.OIDC_ALLOWED_EMAILS,
              domains: given.OIDC_ALLOWED_DOMAINS,
              ...(given.OIDC_ANYBODY_BECAUSE ? { anybody: given.OIDC_ANYBODY_BECAUSE } : {}),
            },
          },
        }
      : {}),
  };
}
