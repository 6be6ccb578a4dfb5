import { createContext, useContext, useEffect, useState } from "react";
import type { ErrorAnswer, LoginRequest, SessionAnswer } from "../../api.ts";
import { early } from "./first.ts";

const SIGNED_OUT = "signed-out";
const RETRY_MS = 2_000;
const events = new EventTarget();

/** To be called when the server answers that there is no session (any more). */
export const signedOut = (): void => void events.dispatchEvent(new Event(SIGNED_OUT));

/** Who looks; undefined until the server has said. */
export function useSessionAnswer(): SessionAnswer | undefined {
  const [session, setSession] = useState<SessionAnswer>();
  useEffect(() => {
    const ask = async () => {
      try {
        const response = await (early("api/session") ?? fetch("api/session"));
        if (response.ok) return setSession(await response.json());
      } catch {
        // Asked again below: the page itself came from that server a moment ago.
      }
      setTimeout(ask, RETRY_MS);
    };
    void ask();
    events.addEventListener(SIGNED_OUT, ask);
    return () => events.removeEventListener(SIGNED_OUT, ask);
  }, []);
  return session;
}

async function post(address: string, body: unknown): Promise<string | undefined> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  try {
    const response = await fetch(address, request);
    if (response.ok) return undefined;
    const { error }: Partial<ErrorAnswer> = await response.json().catch(() => ({}));
    return error ?? `The dashboard answered with status ${response.status}.`;
  } catch {
    return "The dashboard does not answer. Try again in a moment.";
  }
}

/** Logs in; resolves with what went wrong, or undefined. */
export const login = (request: LoginRequest): Promise<string | undefined> =>
  post("api/login", request);

/** Logs out and shows the login again; who came by an OpenID provider is led to its own logout. */
export async function logout({ user, login: { oidc } }: SessionAnswer): Promise<void> {
  await post("api/logout", {});
  if (user?.via === "oidc" && oidc?.logout !== undefined) location.assign(oidc.logout);
  else signedOut();
}

export const Session = createContext<SessionAnswer | undefined>(undefined);

/** Who looks, in what is shown to them. */
export function useSession(): SessionAnswer {
  const session = useContext(Session);
  if (!session) throw new Error("there is no session here");
  return session;
}
