import { createHash } from "node:crypto";
import { type Log, reason } from "@mcp-mesh/registry/src/log.ts";
import * as openid from "openid-client";
import { type LoginProblem, loginProblems, type User } from "../api.ts";
import { startWatch } from "../watch.ts";
import { type Allowed, isAllowed } from "./allowed.ts";
import { secretFile } from "./secret-file.ts";

/** What the provider publishes changes rarely; while it does not answer, it is asked often. */
const PACE = { intervalMs: 3_600_000, maxIntervalMs: 5_000 };
const TIMEOUT_SECONDS = 5;
const MOST_NAME = 100;

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecretFile: string;
  /** What the page calls this way to log in. */
  label: string;
  scopes: string;
  groupsClaim: string;
  allowed: Allowed;
}

/** What has to come back with the answer that was asked for. */
export interface Flow {
  state: string;
  nonce: string;
  verifier: string;
}

/** Why a login did not work, as far as the page may say so. */
export class LoginFailed extends Error {
  readonly problem: LoginProblem;
  constructor(problem: LoginProblem, cause?: unknown) {
    super(loginProblems[problem], { cause });
    this.problem = problem;
  }
}

export interface Oidc {
  readonly label: string;
  /** Why a login would fail now; undefined if it should work. */
  problem(): string | undefined;
  /** Where the browser has to go. */
  start(): Promise<{ url: URL; flow: Flow }>;
  /** Who came back with this query; throws a LoginFailed. */
  finish(query: string, flow: Flow): Promise<User>;
  /** Where the provider ends its own session; undefined if it has no such place. */
  logout(): URL | undefined;
  /** Another one with other settings: whoever they no longer let in has to log in again. */
  mark(): string;
  stop(): Promise<void>;
}

function problemOf(error: unknown): LoginProblem {
  if (error instanceof openid.AuthorizationResponseError) return "refused";
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (code === "OAUTH_TIMEOUT" || code === "OAUTH_ABORT") return "unavailable";
    if (at instanceof TypeError && at.message === "fetch failed") return "unavailable";
  }
  return "failed";
}

/** A provider's own words on a failure, without anything that it was sent. */
export function detailOf(error: unknown): string {
  const said: string[] = [];
  for (let at = error; at instanceof Error && said.length < 4; at = at.cause) {
    const { error: code, error_description: more } = at as { [key: string]: unknown } & Error;
    said.push(reason(at), ...[code, more].filter((text) => typeof text === "string"));
  }
  return [...new Set(said)].join(": ");
}

function nameOf(claims: Record<string, unknown>): string {
  const { preferred_username, email, name, sub } = claims;
  const found = [preferred_username, email, name, sub].find(
    (text) => typeof text === "string" && text !== "",
  );
  return String(found).slice(0, MOST_NAME);
}

/** Login by OpenID Connect: code flow with PKCE. It starts whether the provider is there or not. */
export function createOidc(settings: OidcSettings, publicUrl: URL, log: Log): Oidc {
  const { issuer, clientId, label, scopes, groupsClaim, allowed } = settings;
  const secret = secretFile(settings.clientSecretFile, (text) => {
    if (text !== "") return text;
    throw new Error("must hold the client's secret");
  });
  const stopping = new AbortController();
  const fetchUntilStopped: openid.CustomFetch = (url, { signal, ...options }) =>
    fetch(url, {
      ...(options as RequestInit),
      signal: AbortSignal.any([stopping.signal, ...(signal ? [signal] : [])]),
    });
  const read = () =>
    openid.discovery(
      new URL(issuer),
      clientId,
      undefined,
      (...request) => openid.ClientSecretBasic(secret())(...request),
      {
        timeout: TIMEOUT_SECONDS,
        // The configuration takes http for this machine alone.
        ...(issuer.startsWith("http:") ? { execute: [openid.allowInsecureRequests] } : {}),
        [openid.customFetch]: fetchUntilStopped,
      },
    );
  const watch = startWatch(
    {
      whom: "the identity provider",
      read: () => read().catch((error: unknown) => Promise.reject(new Error(detailOf(error)))),
    },
    log,
    PACE,
  );
  const provider = () => {
    const { value } = watch.known();
    if (!value) throw new LoginFailed("unavailable");
    return value;
  };
  const callback = new URL("oidc/callback", publicUrl);

  return {
    label,
    problem() {
      const { failure } = watch.known();
      return failure === undefined ? undefined : loginProblems.unavailable;
    },
    async start() {
      const flow = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
      };
      const url = openid.buildAuthorizationUrl(provider(), {
        redirect_uri: callback.href,
        scope: scopes,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: "S256",
      });
      return { url, flow };
    },
    async finish(query, { state, nonce, verifier }) {
      const current = new URL(callback);
      current.search = query;
      if (current.searchParams.get("state") !== state) throw new LoginFailed("expired");
      const config = provider();
      try {
        const tokens = await openid.authorizationCodeGrant(config, current, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
        });
        const claims: Record<string, unknown> = { ...tokens.claims() };
        // Many providers tell of groups and addresses only when asked.
        if (!isAllowed(claims, groupsClaim, allowed) && config.serverMetadata().userinfo_endpoint) {
          const { access_token } = tokens;
          Object.assign(claims, await openid.fetchUserInfo(config, access_token, `${claims.sub}`));
        }
        if (!isAllowed(claims, groupsClaim, allowed)) throw new LoginFailed("not-allowed");
        return { name: nameOf(claims), via: "oidc" };
      } catch (error) {
        if (error instanceof LoginFailed) throw error;
        throw new LoginFailed(problemOf(error), error);
      }
    },
    logout() {
      const { value } = watch.known();
      if (!value?.serverMetadata().end_session_endpoint) return undefined;
      return openid.buildEndSessionUrl(value, { post_logout_redirect_uri: publicUrl.href });
    },
    mark: () =>
      createHash("sha256")
        .update(JSON.stringify([issuer, clientId, groupsClaim, allowed]))
        .digest("base64url")
        .slice(0, 16),
    stop() {
      stopping.abort();
      return watch.stop();
    },
  };
}
