import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "#components/internal/deploy-chart";
import { FIRST, type Generations } from "#components/internal/generations";
import { makePassword } from "#components/internal/password";
import { makeKeys } from "#components/internal/turns";
import type { ScaledArgs } from "#components/internal/types";
import type { LogLevel } from "#components/internal/words";

/** Why something is looser than it should be. */
export interface Reason {
  /** A sentence. */
  reason: string;
}

export interface LocalUser {
  /** Whether there is one; true if absent. */
  enabled?: boolean;
  /** What is typed as the name; admin if absent. */
  username?: string;
  /** A Secret with the key "password"; absent: one with a generated password is made. */
  existingSecret?: string;
}

export interface SingleSignOn {
  /** The OpenID provider. */
  issuer: string;
  /** What it knows the page as. */
  clientId: string;
  /** A Secret with the key "client-secret". */
  existingSecret: string;
  /** What the page calls it. */
  label?: string;
  /** What is asked for. */
  scopes?: string;
  /** What holds somebody's groups. */
  groupsClaim?: string;
  /** Who may come in; of all these lists one match is enough. */
  allowedGroups?: string[];
  /** Addresses that the provider says it has verified. */
  allowedEmails?: string[];
  /** Of such addresses. */
  allowedDomains?: string[];
  /** Lets everybody in whom the provider knows. */
  anybody?: Reason;
}

export interface LoginSessions {
  /** A Secret whose key "keys" has a random text a line; absent: one with a generated key is made. */
  existingSecret?: string;
  /** Until everybody logs in again. */
  hours?: number;
  /** The same with no page open. */
  idleMinutes?: number;
}

export interface DashboardAuth {
  /** One user of its own. */
  local?: LocalUser;
  /** By OpenID Connect. */
  oidc?: SingleSignOn;
  /** How long a login lasts. */
  session?: LoginSessions;
  /** Lets everybody in who reaches the page; without any login. */
  open?: Reason;
}

export interface DashboardLinks {
  /** A dashboard's address, with {namespace} and {service} in it. */
  grafana?: string;
  /** Where logs are. */
  logs?: string;
  /** Where traces are. */
  traces?: string;
}

export interface PrometheusAddress {
  /** Absent: neither figures nor alerts. */
  url?: string;
}

export interface DashboardArgs extends ScaledArgs {
  /** From which level on it logs. */
  logLevel?: LogLevel;
  /** The registry that it shows. */
  registryUrl?: pulumi.Input<string>;
  /** Where its figures come from. */
  prometheus?: PrometheusAddress;
  /** Who may see the page. */
  auth?: DashboardAuth;
  /** The generated key that encrypts sessions; the first if absent. */
  sessionKey?: Generations;
  /** Where browsers find the page. */
  publicUrl?: string;
  /** Proxies before it that add to X-Forwarded-For. */
  proxies?: number;
  /** What the page links to. */
  links?: DashboardLinks;
}

/** The dashboard: a page that shows who is there, who is wired to whom, and how it goes. */
export class Dashboard extends pulumi.ComponentResource {
  /** Where the page is inside the cluster. */
  public readonly url: pulumi.Output<string>;
  /** The Secret with the local user's password, under the key "password"; empty without that user. */
  public readonly loginSecret: pulumi.Output<string>;

  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Dashboard", name, args, opts);
    const { namespace, sessionKey = FIRST, ...values } = args;
    const { auth = {}, global } = values;
    const { local = {}, session = {}, oidc, open } = auth;
    const place = { namespace, component: "dashboard", global };
    const hasLocal = local.enabled !== false;
    const login = local.existingSecret ?? `${name}-login`;
    const keys = session.existingSecret ?? `${name}-session`;
    const secrets = [
      ...(hasLocal && login === `${name}-login`
        ? [makePassword(this, login, { ...place, username: local.username ?? "admin" })]
        : []),
      ...((hasLocal || oidc) && !open && keys === `${name}-session`
        ? [makeKeys(this, keys, sessionKey, place)]
        : []),
    ];
    deployChart(
      "dashboard",
      name,
      namespace,
      {
        ...values,
        auth: {
          ...auth,
          local: { ...local, existingSecret: login },
          session: { ...session, existingSecret: keys },
        },
      },
      { parent: this, dependsOn: secrets },
    );
    this.url = pulumi.output(`http://${name}.${namespace}.svc:8090`);
    this.loginSecret = pulumi.output(hasLocal ? login : "");
    this.registerOutputs({ url: this.url, loginSecret: this.loginSecret });
  }
}
