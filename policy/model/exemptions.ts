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

/** What a configuration's exemption lacks, with its field: `[0].expires is …`; undefined if nothing. */
export function problemIn(exemption: unknown, index: number): string | undefined {
  const at = `exemptions[${index}]`;
  if (typeof exemption !== "object" || exemption === null) return `${at} is not an exemption`;
  const fields = exemption as Record<string, unknown>;
  const wrong = Object.entries(forms).find(([field, { test }]) => !test(fields[field]));
  if (wrong) return `${at}.${wrong[0]} ${wrong[1].fix}`;
  const unknown = Object.keys(fields).find((field) => !(field in forms));
  return unknown && `${at}.${unknown} is no field of an exemption`;
}

const forms: Record<keyof Exemption, { test(value: unknown): boolean; fix: string }> = {
  resource: {
    test: (value) => typeof value === "string" && /^\S+ \S+$/.test(value),
    fix: 'must name kind and name, such as "Deployment mcp-mesh/web*"',
  },
  reason: {
    test: (value) => typeof value === "string" && value.trim().length >= 20,
    fix: "must say why, in 20 letters at least",
  },
  owner: {
    test: (value) => typeof value === "string" && value.trim() !== "",
    fix: "must say who answers for it",
  },
  expires: {
    test: isDay,
    fix: "must be its last day, such as 2027-06-30",
  },
};

/** Whether the text is a day that the calendar has. */
function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const day = new Date(value);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

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

  /** The exemptions that should go. */
  complaints(): Complaint[] {
    return [...this.entries.values()].flatMap(({ rule, exemption, used }): Complaint[] => {
      const { resource, owner, expires } = exemption;
      const whose = `excuse ${resource} for ${owner}`;
      if (this.isExpired(exemption)) {
        const message = `${whose} until ${expires}, which is past; keep the rule, or decide anew`;
        return [{ rule, expired: true, message }];
      }
      const message = `${whose}, which does not need it; remove the exemption`;
      return used ? [] : [{ rule, expired: false, message }];
    });
  }

  private entry(rule: string, exemption: Exemption): Entry {
    const key = JSON.stringify([rule, exemption]);
    const entry = this.entries.get(key) ?? { rule, exemption, used: false };
    this.entries.set(key, entry);
    return entry;
  }
}

export interface Complaint {
  rule: string;
  /** It was needed once; else nothing needs it. */
  expired: boolean;
  message: string;
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
