import { z } from "zod";
import { objectName } from "#config/charts/kubernetes-words";

const reason = z.string().min(10).max(500);
const names = z.array(z.string().min(1).max(250)).max(200).default([]);
const secret = (name: string, key: string) =>
  objectName.default(name).describe(`A Secret with the key "${key}".`);

const oidc = z
  .strictObject({
    issuer: z
      .string()
      .regex(/^https:\/\/[^\s"'<>?#]+$/)
      .describe("The OpenID provider; network.outside has to lead there."),
    clientId: z.string().min(1),
    existingSecret: objectName.describe('A Secret with the key "client-secret".'),
    label: z.string().min(1).max(60).default("single sign-on").describe("What the page calls it."),
    scopes: z.string().default("openid profile email"),
    groupsClaim: z.string().min(1).default("groups").describe("What holds somebody's groups."),
    allowedGroups: names.describe("Who may come in; of all these lists one match is enough."),
    allowedEmails: names.describe("Addresses that the provider says it has verified."),
    allowedDomains: names.describe("Of such addresses."),
    anybody: z
      .strictObject({ reason })
      .optional()
      .describe("Lets everybody in whom the provider knows."),
  })
  .describe("Single sign-on; the provider has to know the page's address with oidc/callback.");

/** How people log in to the dashboard. */
export const dashboardAuth = z
  .strictObject({
    local: z
      .strictObject({
        enabled: z.boolean().default(true),
        username: z.string().min(1).max(100).default("admin"),
        existingSecret: secret("dashboard-login", "password"),
      })
      .prefault({})
      .describe("One user of its own."),
    oidc: oidc.optional(),
    session: z
      .strictObject({
        existingSecret: secret("dashboard-session", "keys").describe(
          'A Secret whose key "keys" has a random text of 32 characters or more a line: the first encrypts sessions, all decrypt them.',
        ),
        hours: z.int().min(1).max(168).default(12).describe("Until everybody logs in again."),
        idleMinutes: z.int().min(1).max(1440).default(60).describe("With no page open."),
      })
      .prefault({}),
    open: z
      .strictObject({ reason })
      .optional()
      .describe("Lets everybody in who reaches the page; say why, and turn the logins off."),
  })
  .superRefine(({ local, oidc, open }, context) => {
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (open && (local.enabled || oidc)) {
      refuse(
        ["open"],
        "lets everybody in; leave it out, or set local.enabled to false and no oidc",
      );
    }
    if (!open && !local.enabled && !oidc) {
      refuse(
        ["local", "enabled"],
        "nobody could log in: set it to true, or oidc, or say in open.reason why nobody has to",
      );
    }
    if (!oidc || oidc.anybody) return;
    const lists = [oidc.allowedGroups, oidc.allowedEmails, oidc.allowedDomains];
    if (lists.every((list) => list.length === 0)) {
      refuse(
        ["oidc", "allowedGroups"],
        "nobody could log in: name groups, allowedEmails or allowedDomains, or say in anybody.reason why everybody may",
      );
    }
  })
  .prefault({})
  .describe("Who may see the page.");
export type DashboardAuth = z.output<typeof dashboardAuth>;
