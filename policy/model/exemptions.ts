import { list } from "#model/kubernetes";
import { type Subject, shown } from "#model/subject";

/** A rule's violations on some resources, accepted by somebody until some day. */
export interface Exemption {
  /** `Deployment mcp-mesh/web`; a `*` stands for any run of characters. */
  resource: string;
  reason: string;
  owner: string;
  /** The last day on which it holds, such as 2027-06-30, in UTC. */
  expires: string;
}

/** The schema of the setting that every rule has. */
export const exemptionsSetting: object = {
  type: "array",
  default: [],
  description: "Resources that may violate this rule, each with its reason, owner and last day.",
  items: {
    type: "object",
    required: ["resource", "reason", "owner", "expires"],
    properties: {
      resource: {
        type: "string",
        pattern: "^\\S+ \\S+$",
        description: 'Kind and name as messages show them, such as "Deployment mcp-mesh/web*".',
      },
      reason: { type: "string", minLength: 20 },
      owner: { type: "string", minLength: 1 },
      expires: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
    },
    additionalProperties: false,
  },
};

/** Which exemptions of a run were needed; expired and unused ones are violations themselves. */
export class ExemptionLedger {
  private readonly entries = new Map<string, Entry>();
  private readonly today: string;

  constructor(today: Date = new Date()) {
    this.today = today.toISOString().slice(0, 10);
  }

  /** Notes a rule's exemptions, so that one that nothing needs comes to light. */
  note(rule: string, settings: Record<string, unknown>): void {
    for (const exemption of exemptionsOf(settings)) this.entry(rule, exemption);
  }

  /** Whether the subject may violate the rule today. Marks the exemption as used. */
  excuses(rule: string, settings: Record<string, unknown>, subject: Subject): boolean {
    const found = exemptionsOf(settings).filter((each) => covers(each, subject));
    for (const exemption of found) this.entry(rule, exemption).used = true;
    return found.some((exemption) => !this.isExpired(exemption));
  }

  isExpired({ expires }: Exemption): boolean {
    return expires < this.today;
  }

  /** What to say of each exemption that should go. */
  complaints(): string[] {
    return [...this.entries.values()].flatMap(({ rule, exemption, used }) => {
      const what = `the exemption of ${exemption.resource} from ${rule}, owned by ${exemption.owner},`;
      if (this.isExpired(exemption)) {
        return [`${what} expired after ${exemption.expires}; keep the rule, or decide anew`];
      }
      return used ? [] : [`${what} excuses nothing; remove it`];
    });
  }

  private entry(rule: string, exemption: Exemption): Entry {
    const key = JSON.stringify([rule, exemption]);
    const entry = this.entries.get(key) ?? { rule, exemption, used: false };
    this.entries.set(key, entry);
    return entry;
  }
}

interface Entry {
  rule: string;
  exemption: Exemption;
  used: boolean;
}

function exemptionsOf(settings: Record<string, unknown>): Exemption[] {
  return list(settings.exemptions as Exemption[] | undefined);
}

/** Those of a rule that have not expired on that day. */
export function exemptionsInForce(settings: Record<string, unknown>, today: Date): Exemption[] {
  const ledger = new ExemptionLedger(today);
  return exemptionsOf(settings).filter((exemption) => !ledger.isExpired(exemption));
}

/** Whether an exemption names this resource. */
export function covers({ resource }: Exemption, subject: Subject): boolean {
  return new RegExp(`^${exemptionPattern(resource)}$`).test(shown(subject));
}

/** An exemption's resource as a regular expression, for JavaScript and for CEL. */
export function exemptionPattern(resource: string): string {
  const parts = resource.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return parts.join(".*");
}
