import { z } from "zod";
import { objectName } from "#config/charts/kubernetes-words";
import { tracing } from "#config/charts/tracing";
import { name } from "#config/shapes";

export const existingSecret = (key: string) =>
  objectName.describe(`A Secret with the key "${key}".`);

/** One way or several at once; each secret is read from its file at each notification. */
const receiver = z.strictObject({
  webhook: z
    .strictObject({
      url: z.url(),
      existingSecret: existingSecret("token").optional(),
    })
    .optional()
    .describe("The token is sent as Authorization: Bearer."),
  slack: z
    .strictObject({ channel: z.string().min(1), existingSecret: existingSecret("url") })
    .optional(),
  pagerduty: z.strictObject({ existingSecret: existingSecret("routing-key") }).optional(),
  email: z
    .strictObject({
      to: z.string().min(1),
      from: z.string().min(1),
      smarthost: z.string().regex(/^[^:]+:\d+$/, { error: "write HOST:PORT" }),
      username: z.string().min(1),
      existingSecret: existingSecret("password"),
    })
    .optional(),
});

const told = {
  critical: receiver.optional().describe("Wakes somebody."),
  warning: receiver.optional().describe("Is read in the morning."),
};

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'write a time as "08:30"' });

/** Who is told of which alert, and when; the same for every Alertmanager. */
export const alerting = {
  receivers: z
    .strictObject({
      ...told,
      watchdog: receiver
        .optional()
        .describe(
          "A dead man's switch: it gets an alert every few minutes, and calls when none comes.",
        ),
    })
    .prefault({})
    .describe("Who is told, by severity. Whoever is not named here has to look for himself."),
  teams: z
    .record(name, z.strictObject(told))
    .default({})
    .describe("By an alert's label `team`: who is told in place of those above."),
  warningHours: z
    .strictObject({
      days: z
        .array(z.string().regex(/^[a-z]+day(:[a-z]+day)?$/))
        .min(1)
        .describe('Such as ["monday:friday"].'),
      from: clock,
      to: clock,
      timeZone: z.string().min(1).describe("Such as Europe/Berlin."),
    })
    .optional()
    .describe("Warnings wait for these hours; without them they come at any time."),
};

const link = (port: number, path = "") => z.url().default(`http://localhost:${port}${path}`);

/** Where a person who reads an alert finds more; the defaults are those of `kubectl port-forward`. */
export const links = z
  .strictObject({
    runbooks: link(8090, "/runbooks").describe("The page's runbooks; the alert's name is added."),
    grafana: link(3000),
    prometheus: link(9090),
    alertmanager: link(9093).describe("Where silences are made."),
  })
  .prefault({})
  .describe("Addresses of pages, as a browser opens them: alerts lead there.");

const page = z.url().optional();

/** What a stack says in every mode of monitoring; what it leaves out follows from the rest. */
export const everywhere = {
  team: name.default("mesh").describe("Whose the alerts are: their label `team`."),
  links: z
    .strictObject({
      runbooks: page.describe("The page's runbooks; absent: by the page's host, if it has one."),
      grafana: page,
      prometheus: page,
      alertmanager: page.describe("Where silences are made."),
    })
    .prefault({})
    .describe("Addresses as a browser opens them; absent: those of `kubectl port-forward`."),
  traces: tracing.optional().describe("Of the registry and the mesh agents."),
};
