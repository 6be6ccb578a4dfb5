import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { explain, keyText } from "#config/problems";
import { region } from "#config/region";
import { name } from "#config/shapes";

/** What `Pulumi.<stack>.yaml` of this project may say. */
export const regionsSchema = z.strictObject({
  host: z.string().min(1).describe("The public name that leads to the writer."),
  writer: name.describe("The region that shall have the traffic."),
  regions: region.shape.peers.describe("All regions, by their names."),
  ttlSeconds: z
    .int()
    .min(5)
    .max(3600)
    .default(30)
    .describe("How long resolvers may go on with the last answer."),
  namespace: name.default("external-dns").describe("Where ExternalDNS looks for its objects."),
  context: z
    .string()
    .min(1)
    .optional()
    .describe("The kubeconfig context of the cluster with ExternalDNS; the current one if absent."),
});
export type Regions = z.output<typeof regionsSchema>;

/** The running stack's configuration. Ends the program with the list of problems if there are any. */
export function loadRegions(): Regions {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]) => [
      key.slice(prefix.length),
      /^\s*[[{\d]/.test(text) ? JSON.parse(text) : text,
    ]);
  const parsed = regionsSchema.safeParse(Object.fromEntries(own), { reportInput: true });
  if (parsed.success) return parsed.data;
  const lines = explain(regionsSchema, parsed.error).map(
    ({ path: [top, ...rest], message }) => `  ${keyText([`${prefix}${top}`, ...rest])}: ${message}`,
  );
  throw new pulumi.RunError(
    `The configuration is wrong; nothing was touched.\n${lines.join("\n")}`,
  );
}

/** The record that leads a name to an address. */
export function recordOf(host: string, ttlSeconds: number, address: string) {
  const recordType = { 4: "A", 6: "AAAA" }[isIP(address)] ?? "CNAME";
  return { dnsName: host, recordTTL: ttlSeconds, recordType, targets: [address] };
}
