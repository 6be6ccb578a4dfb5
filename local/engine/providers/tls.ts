import { UserError } from "#local/engine/errors";
import { formatPath } from "#local/engine/paths";
import { differences } from "#local/engine/plan";
import type { Diff, DiffRequest, Provider } from "#local/engine/provider";
import { KINDS, type Kind } from "#local/engine/providers/tls/kinds";
import { containsUnknown, type Props, reveal, UNKNOWN } from "#local/engine/value";

/** The `tls` package, as far as keys on elliptic curves go. What it makes lives in state alone. */
export function createTlsProvider(): Provider {
  return {
    configure: async () => undefined,
    check: async ({ type, news }) => {
      const { required, refuse } = kindOf(type);
      const missing = required
        .filter((property) => news[property] === undefined)
        .map((property) => ({ property, reason: "missing required property" }));
      const wrong = containsUnknown(news) ? [] : (refuse?.(reveal(news) as Props) ?? []);
      return { inputs: news, failures: [...missing, ...wrong] };
    },
    diff: async (request) => diff(request),
    create: async ({ type, inputs, preview }) => {
      const { defaults, made, make } = kindOf(type);
      const known = { ...defaults, ...inputs };
      if (preview) {
        const unknown = Object.fromEntries(made.map((key) => [key, UNKNOWN]));
        return { id: "", outputs: { ...known, ...unknown } };
      }
      const { id, outputs } = await make(reveal(known) as Props);
      return { id, outputs: { ...known, ...outputs, id } };
    },
    update: async ({ newInputs, oldOutputs }) => ({ outputs: { ...oldOutputs, ...newInputs } }),
    delete: async () => undefined,
    read: async ({ id, inputs, outputs }) => {
      const now: Props = isDue(outputs) ? { ...outputs, readyForRenewal: true } : outputs;
      return { id, inputs, outputs: now, initErrors: [] };
    },
  };
}

/** Every change makes another one, except of when it is renewed; and so does that time, once it is there. */
function diff({ type, oldInputs, oldOutputs, newInputs }: DiffRequest): Diff {
  const { defaults } = kindOf(type);
  const found = differences(oldInputs, newInputs).filter(({ path: [key = ""] }) => {
    // A default that is now spelled out, or no longer, changes nothing.
    const was = oldInputs[key] ?? defaults[key];
    return differences(was, newInputs[key] ?? defaults[key]).length > 0;
  });
  const detailed: Diff["detailed"] = {};
  const replaceKeys: string[] = [];
  for (const { path, kind } of found) {
    const text = formatPath(path);
    const inPlace = path[0] === "earlyRenewalHours";
    detailed[text] = { kind: inPlace ? kind : `${kind}-replace`, inputDiff: true };
    if (!inPlace) replaceKeys.push(text);
  }
  if (isDue({ ...oldOutputs, earlyRenewalHours: newInputs.earlyRenewalHours ?? 0 })) {
    detailed.readyForRenewal = { kind: "update-replace", inputDiff: false };
    replaceKeys.push("readyForRenewal");
  }
  const changes = Object.keys(detailed).length > 0;
  return { changes, replaceKeys, deleteBeforeReplace: false, detailed };
}

/** Whether a certificate has come to the time of its renewal. */
function isDue({ validityEndTime, earlyRenewalHours }: Props): boolean {
  if (typeof validityEndTime !== "string") return false;
  return Date.parse(validityEndTime) - Number(earlyRenewalHours ?? 0) * 3_600_000 <= Date.now();
}

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined) {
    throw new UserError(`the local engine has no ${type}; use the Pulumi CLI`);
  }
  return kind;
}
