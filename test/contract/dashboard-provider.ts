import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import Provider from "oidc-provider";

/** What the provider says of somebody, beyond his name. */
export interface Person {
  groups?: string[];
  email?: string;
  email_verified?: boolean;
}

export const CLIENT = { id: "mcp-mesh", secret: "a secret of the client" };

/**
 * A real OpenID provider on this machine. Whoever is sent to it is the person that it was told of, without
 * being asked; with nobody, it refuses.
 */
export class OpenIdProvider {
  readonly issuer: string;
  /** Who sits before the browser. */
  person: string | undefined;
  readonly people: Record<string, Person> = {};
  readonly #port: number;
  readonly #provider: Provider;
  #server: Server | undefined;

  constructor(port: number, redirect: string, afterLogout: string) {
    this.#port = port;
    this.issuer = `http://127.0.0.1:${port}`;
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.#provider = new Provider(this.issuer, {
      clients: [
        {
          ...{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirect] },
          post_logout_redirect_uris: [afterLogout],
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
      cookies: { keys: [randomUUID()] },
      claims: { email: ["email", "email_verified"], groups: ["groups"], profile: ["name"] },
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: id, ...this.people[id] }),
      }),
      interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    });
  }

  async start(): Promise<void> {
    const answer = this.#provider.callback();
    this.#server = createServer((request, response) => {
      if (!request.url?.startsWith("/interaction/")) return answer(request, response);
      return this.#decide(request, response);
    }).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  /** What a person would click. */
  async #decide(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const provider = this.#provider;
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (this.person === undefined) {
      return provider.interactionFinished(request, response, { error: "access_denied" });
    }
    if (prompt.name === "login") {
      const login = { accountId: this.person };
      return provider.interactionFinished(request, response, { login });
    }
    const accountId = session?.accountId ?? "";
    const grant = new provider.Grant({ accountId, clientId: CLIENT.id });
    grant.addOIDCScope(String(params.scope));
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(
      request,
      response,
      { consent },
      { mergeWithLastSubmission: true },
    );
  }
}
