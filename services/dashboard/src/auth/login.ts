import type { Log } from "@mcp-mesh/registry/src/log.ts";
import { type Cookies, createCookies } from "./cookies.ts";
import { createLimiter, type Limiter } from "./limit.ts";
import { createLocalUser, type LocalUser } from "./local.ts";
import { createOidc, type Oidc } from "./oidc.ts";
import { createSeal, type Seal } from "./seal.ts";
import { createSessions, type Sessions } from "./session.ts";
import type { LoginSettings } from "./settings.ts";

/** All that logging in takes. */
export interface Login {
  local?: LocalUser;
  oidc?: Oidc;
  limiter: Limiter;
  sessions: Sessions;
  cookies: Cookies;
  seal: Seal;
  stop(): Promise<void>;
}

/** Undefined where nobody has to log in. Throws an error that names the file of a secret that is no good. */
export function createLogin(
  settings: LoginSettings,
  publicUrl: URL | undefined,
  log: Log,
): Login | undefined {
  if (settings.open !== undefined) {
    log.warn("nobody has to log in", { because: settings.open });
    return undefined;
  }
  const seal = createSeal(settings.keysFile);
  const cookies = createCookies(publicUrl?.protocol === "https:");
  const local = settings.local && createLocalUser(settings.local.name, settings.local.passwordFile);
  // Discovery needs an address to send people back to, which the settings have then.
  const oidc = settings.oidc && publicUrl && createOidc(settings.oidc, publicUrl, log);
  const sessions = createSessions(seal, cookies, settings.lifetimes, (via) =>
    via === "local" ? local?.mark() : oidc?.mark(),
  );
  return {
    ...(local ? { local } : {}),
    ...(oidc ? { oidc } : {}),
    limiter: createLimiter(),
    sessions,
    cookies,
    seal,
    stop: async () => oidc?.stop(),
  };
}
