import { z } from "zod";
import type { User } from "../api.ts";
import type { Cookies } from "./cookies.ts";
import type { Seal } from "./seal.ts";

const NAME = "session";
/** A cookie is not written anew with each of a page's questions. */
const RENEW_AFTER = 60;

export interface Lifetimes {
  /** Seconds after which whoever logged in has to do it again. */
  absolute: number;
  /** Seconds after which that is so for a browser that no longer asks anything. */
  idle: number;
}

const claims = z.object({
  name: z.string(),
  via: z.enum(["local", "oidc"]),
  mark: z.string(),
  started: z.number(),
  iat: z.number(),
});

export interface Session {
  user: User;
  /** The cookie to send again, because the browser is still there. */
  renewed?: string;
}

/** Sessions that stand in encrypted cookies and nowhere else: any replica takes them. */
export interface Sessions {
  /** The cookie of a new one. */
  open(user: User, mark: string): Promise<string>;
  read(cookieHeader: string | undefined): Promise<Session | undefined>;
  close(): string;
}

/** `markOf` gives what a session's mark must be now; undefined if its way to log in is gone. */
export function createSessions(
  seal: Seal,
  cookies: Cookies,
  { absolute, idle }: Lifetimes,
  markOf: (via: User["via"]) => string | undefined,
): Sessions {
  const seconds = () => Math.floor(Date.now() / 1000);
  const write = async (user: User, mark: string, started: number): Promise<string> => {
    const left = Math.min(idle, started + absolute - seconds());
    const sealed = await seal.close(NAME, { ...user, mark, started }, left);
    return cookies.write(NAME, sealed, left, "Strict");
  };
  return {
    open: (user, mark) => write(user, mark, seconds()),
    async read(cookieHeader) {
      const sealed = cookies.read(cookieHeader, NAME);
      const parsed = claims.safeParse(sealed && (await seal.open(NAME, sealed)));
      if (!parsed.success) return undefined;
      const { name, via, mark, started, iat } = parsed.data;
      if (markOf(via) !== mark || seconds() >= started + absolute) return undefined;
      const user = { name, via };
      if (seconds() - iat < Math.min(RENEW_AFTER, idle / 2)) return { user };
      return { user, renewed: await write(user, mark, started) };
    },
    close: () => cookies.erase(NAME),
  };
}
