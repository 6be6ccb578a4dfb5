import type { IncomingMessage } from "node:http";
import type { Log } from "@mcp-mesh/registry/src/log.ts";
import { z } from "zod";
import { type Answer, json, problem, type Route, redirect } from "./answer.ts";
import { type LoginRequest, nextOf, type SessionAnswer } from "./api.ts";
import type { Login } from "./auth/login.ts";
import { detailOf, LoginFailed } from "./auth/oidc.ts";
import type { Metrics } from "./metrics.ts";
import { readBody, refusalOf } from "./request.ts";
import { version } from "./version.ts";

const loginRequest = z.strictObject({
  name: z.string().max(200),
  password: z.string().max(1_000),
}) satisfies z.ZodType<LoginRequest>;

const flowClaims = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string().optional(),
});
const FLOW = "login";
/** To type a password and find a telephone. */
const FLOW_SECONDS = 600;

const noContent = (cookies: string[]): Answer => ({
  status: 204,
  headers: { "cache-control": "no-store" },
  cookies,
});

const tooOften = (seconds: number) =>
  problem(429, `Too many tries. Wait ${seconds} s.`, { "retry-after": seconds });

/** Where nobody has to log in, everybody is somebody. */
export const openRoutes: Route[] = [
  {
    ...{ name: "/api/session", method: "GET", path: /\/api\/session$/, open: true },
    answer: () => {
      const user = { name: "", via: "none" } as const;
      return json(200, { user, login: { local: false }, version } satisfies SessionAnswer);
    },
  },
];

export interface LoginParts {
  login: Login;
  metrics: Pick<Metrics, "login">;
  publicUrl: URL | undefined;
  log: Log;
}

/** Logging in and out. They are open, because nobody has a session before. */
export function loginRoutes({ login, metrics, publicUrl, log }: LoginParts): Route[] {
  const { local, oidc, limiter, sessions, cookies, seal } = login;

  const ofSession = (session: { user: SessionAnswer["user"] } | undefined): SessionAnswer => {
    const problem = oidc?.problem();
    return {
      ...(session?.user ? { user: session.user } : {}),
      login: {
        local: local !== undefined,
        ...(oidc
          ? {
              oidc: {
                label: oidc.label,
                ...(problem ? { problem } : {}),
                ...(oidc.logout() ? { logout: "oidc/logout" as const } : {}),
              },
            }
          : {}),
      },
      version,
    };
  };

  const byPassword = async (request: IncomingMessage, address: string): Promise<Answer> => {
    if (!local) return problem(404, "There is no login by password here.");
    const body = await readBody(request);
    if ("status" in body) return body;
    const given = loginRequest.safeParse(body.json);
    if (!given.success) return problem(400, "Send a name and a password.");
    const wait = limiter.take(address);
    if (wait > 0) {
      metrics.login("limited", "local");
      return tooOften(wait);
    }
    if (!local.accepts(given.data.name, given.data.password)) {
      metrics.login("refused", "local");
      // Not the name: people type their password there.
      log.warn("login refused", { via: "local", address });
      return problem(401, "The name or the password is wrong.");
    }
    limiter.succeeded(address);
    metrics.login("accepted", "local");
    log.info("login", { via: "local", name: local.name, address });
    const user = { name: local.name, via: "local" } as const;
    return noContent([await sessions.open(user, local.mark())]);
  };

  const back = (query: string, cookies: string[]) =>
    redirect(`${publicUrl?.href ?? "../"}${query}`, cookies);

  const start = async (search: string): Promise<Answer> => {
    if (!oidc) return problem(404, "There is no single sign-on here.");
    try {
      const { url, flow } = await oidc.start();
      const next = nextOf(search);
      const claims = { ...flow, ...(next === undefined ? {} : { next }) };
      const sealed = await seal.close(FLOW, claims, FLOW_SECONDS);
      // Lax, because the provider sends the browser back with a link.
      return redirect(url.href, [cookies.write(FLOW, sealed, FLOW_SECONDS, "Lax")]);
    } catch (error) {
      if (error instanceof LoginFailed) return back(`?error=${error.problem}`, []);
      throw error;
    }
  };

  const finish = async (request: IncomingMessage, search: string, address: string) => {
    if (!oidc) return problem(404, "There is no single sign-on here.");
    const erased = cookies.erase(FLOW);
    const sealed = cookies.read(request.headers.cookie, FLOW);
    const flow = flowClaims.safeParse(sealed && (await seal.open(FLOW, sealed)));
    const wait = limiter.take(address);
    if (wait > 0) {
      metrics.login("limited", "oidc");
      return tooOften(wait);
    }
    try {
      if (!flow.success) throw new LoginFailed("expired");
      const user = await oidc.finish(search, flow.data);
      limiter.succeeded(address);
      metrics.login("accepted", "oidc");
      log.info("login", { via: "oidc", name: user.name, address });
      const { next } = flow.data;
      const cookie = await sessions.open(user, oidc.mark());
      return back(next ? `?next=${encodeURIComponent(next)}` : "", [cookie, erased]);
    } catch (error) {
      if (!(error instanceof LoginFailed)) throw error;
      metrics.login("refused", "oidc");
      log.warn("login refused", {
        ...{ via: "oidc", address, problem: error.problem },
        ...(error.cause ? { reason: detailOf(error.cause) } : {}),
      });
      return back(`?error=${error.problem}`, [erased]);
    }
  };

  const open = { open: true } as const;
  const get = { method: "GET", ...open } as const;
  const post = { method: "POST", ...open } as const;
  return [
    {
      ...{ ...get, name: "/api/session", path: /\/api\/session$/ },
      answer: ({ session }) => ({
        ...json(200, ofSession(session)),
        headers: { "cache-control": "no-store" },
      }),
    },
    {
      ...{ ...post, name: "/api/login", path: /\/api\/login$/ },
      answer: ({ request, address }) =>
        refusalOf(request, publicUrl) ?? byPassword(request, address),
    },
    {
      ...{ ...post, name: "/api/logout", path: /\/api\/logout$/ },
      answer: ({ request }) => refusalOf(request, publicUrl) ?? noContent([sessions.close()]),
    },
    {
      ...{ ...get, name: "/oidc/start", path: /\/oidc\/start$/ },
      answer: ({ search }) => start(search),
    },
    {
      ...{ ...get, name: "/oidc/callback", path: /\/oidc\/callback$/ },
      answer: ({ request, search, address }) => finish(request, search, address),
    },
    {
      ...{ ...get, name: "/oidc/logout", path: /\/oidc\/logout$/ },
      // Where the provider's own session ends; the provider itself asks whether it is meant.
      answer: () => {
        const url = oidc?.logout();
        return url ? redirect(url.href) : problem(404, "The provider has no logout.");
      },
    },
  ];
}
