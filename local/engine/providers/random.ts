import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { UserError } from "#local/engine/errors";
import { formatPath } from "#local/engine/paths";
import { differences } from "#local/engine/plan";
import type {
  CheckRequest,
  CreateRequest,
  Diff,
  DiffRequest,
  Provider,
} from "#local/engine/provider";
import { type Props, reveal, Secret, UNKNOWN } from "#local/engine/value";

/** What one resource type takes, and what it makes of it. */
interface Kind {
  required: string[];
  /** The outputs that do not depend on chance, from the inputs. */
  complete(inputs: Props): Props;
  /** The outputs that do, before they are made. */
  unknown: Props;
  /** The same when they are made, with the resource's `id`. */
  make(outputs: Props): { id: string; made: Props };
}

/** The `random` package. Its values live in state alone. */
export function createRandomProvider(): Provider {
  return {
    configure: async () => undefined,
    check: async ({ type, news }: CheckRequest) => {
      const missing = kindOf(type).required.filter((key) => news[key] === undefined);
      const failures = missing.map((property) => ({
        property,
        reason: "missing required property",
      }));
      return { inputs: news, failures };
    },
    diff: async (request: DiffRequest) => diff(request),
    create: async ({ type, inputs, preview }: CreateRequest) => {
      const known = kindOf(type).complete(inputs);
      if (preview) return { id: "", outputs: { ...known, ...kindOf(type).unknown } };
      const { id, made } = kindOf(type).make(reveal(known) as Props);
      return { id, outputs: { ...known, ...made, id } };
    },
    update: async ({ newInputs, oldOutputs }) => ({ outputs: { ...oldOutputs, ...newInputs } }),
    delete: async () => undefined,
    read: async ({ id, inputs, outputs }) => ({ id, inputs, outputs, initErrors: [] }),
  };
}

/** Every change makes a new value, except of what never had a say in it. */
function diff({ oldInputs, oldOutputs, newInputs }: DiffRequest): Diff {
  const found = differences(oldInputs, newInputs).filter(({ path: [key = ""] }) => {
    // A default that is now spelled out, or no longer, changes nothing.
    const was = oldInputs[key] ?? oldOutputs[key];
    return differences(was, newInputs[key] ?? SWITCHES[key] ?? MINIMA[key]).length > 0;
  });
  const details = found.map(({ path, kind }) => {
    const detail: Diff["detailed"][string] = { kind: `${kind}-replace`, inputDiff: true };
    return [formatPath(path), detail] as const;
  });
  return {
    changes: found.length > 0,
    replaceKeys: details.map(([path]) => path),
    deleteBeforeReplace: false,
    detailed: Object.fromEntries(details),
  };
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";
const SWITCHES: Props = { lower: true, upper: true, numeric: true, special: true };
const MINIMA: Props = { minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };

function completeText(inputs: Props): Props {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return { ...SWITCHES, ...MINIMA, ...inputs, numeric, number: numeric };
}

function makeText(outputs: Props): string {
  const special = typeof outputs.overrideSpecial === "string" ? outputs.overrideSpecial : SPECIAL;
  const classes = [
    { on: outputs.lower, least: outputs.minLower, from: LETTERS },
    { on: outputs.upper, least: outputs.minUpper, from: LETTERS.toUpperCase() },
    { on: outputs.numeric, least: outputs.minNumeric, from: "0123456789" },
    { on: outputs.special, least: outputs.minSpecial, from: special },
  ];
  const allowed = classes
    .filter(({ on }) => on === true)
    .map(({ from }) => from)
    .join("");
  const length = Number(outputs.length);
  if (allowed === "") throw new UserError("a random text needs at least one kind of character");
  const pick = (from: string) => from[randomInt(from.length)] as string;
  const forced = classes.flatMap(({ least, from }) =>
    Array.from({ length: Number(least ?? 0) }, () => pick(from)),
  );
  if (forced.length > length) {
    throw new UserError(`length ${length} is less than the ${forced.length} characters required`);
  }
  const text = [...forced, ...Array.from({ length: length - forced.length }, () => pick(allowed))];
  for (let i = text.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [text[i], text[j]] = [text[j] as string, text[i] as string];
  }
  return text.join("");
}

function bytesOutputs(bytes: Buffer, prefix: string): Props {
  return {
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
    dec: prefix + BigInt(`0x${bytes.toString("hex") || "0"}`).toString(),
    hex: prefix + bytes.toString("hex"),
  };
}

const KINDS: Record<string, Kind> = {
  "random:index/randomPassword:RandomPassword": {
    required: ["length"],
    complete: completeText,
    unknown: { result: new Secret(UNKNOWN) },
    make: (outputs) => ({ id: "none", made: { result: new Secret(makeText(outputs)) } }),
  },
  "random:index/randomString:RandomString": {
    required: ["length"],
    complete: completeText,
    unknown: { result: UNKNOWN },
    make: (outputs) => {
      const result = makeText(outputs);
      return { id: result, made: { result } };
    },
  },
  "random:index/randomId:RandomId": {
    required: ["byteLength"],
    complete: (inputs) => inputs,
    unknown: { b64Std: UNKNOWN, b64Url: UNKNOWN, dec: UNKNOWN, hex: UNKNOWN },
    make: ({ byteLength, prefix }) => {
      const bytes = randomBytes(Number(byteLength));
      const made = bytesOutputs(bytes, String(prefix ?? ""));
      return { id: bytes.toString("base64url"), made };
    },
  },
  "random:index/randomUuid:RandomUuid": {
    required: [],
    complete: (inputs) => inputs,
    unknown: { result: UNKNOWN },
    make: () => {
      const result = randomUUID();
      return { id: result, made: { result } };
    },
  },
};

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined)
    throw new UserError(`the local engine has no ${type}; use the Pulumi CLI`);
  return kind;
}
