/** Credentials whose form gives them away, wherever in a text they stand. */
const shapes: [string, RegExp][] = [
  ["a private key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ["an AWS access key", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})/],
  ["a GitLab token", /\bglpat-[\w-]{20,}/],
  ["a Slack token", /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/],
  ["a Slack webhook", /hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/],
  ["a Google API key", /\bAIza[\w-]{35}/],
  ["a Stripe key", /\b[rs]k_live_[A-Za-z0-9]{16,}/],
  ["an npm token", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["an API key of a model provider", /\bsk-(?:ant-|proj-)?[\w-]*[A-Za-z0-9]{20,}\b/],
  ["a JSON web token", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/],
];

const userInfo = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'<>]*:([^\s/@"'<>]+)@/gi;

/** A name that promises a password, whatever its value looks like. */
const password = /(?:PASSWORD|PASSWD|PASSPHRASE|_PWD)$/;
/** A name that may promise a credential; the name of a thing that is kept secret ends like it. */
const token =
  /(?:^|_)(?:TOKEN|SECRET|CREDENTIALS?|(?:API|ACCESS|SECRET|PRIVATE|ENCRYPTION|SIGNING|MASTER|AUTH|ACCOUNT)_?KEY)$/;

/** What some name that promises a credential has in it. */
const promise = /passw|passphrase|_pwd|token|secret|credential|key["']?\s*[:=]/i;

/** What credential a text holds by its form, such as "a GitHub token", else nothing. */
export function credentialIn(text: string): string | undefined {
  const shape = shapes.find(([, pattern]) => pattern.test(text))?.[0];
  if (shape) return shape;
  // The costlier searches look first whether there is anything to find.
  const found =
    text.includes("://") && [...text.matchAll(userInfo)].some(([, word = ""]) => isLiteral(word));
  return found ? "a password in a URL" : undefined;
}

/** The same for a value that has a name: `DB_PASSWORD` or `apiKey` say what the value is. */
export function credentialUnder(name: string, value: string): string | undefined {
  const shape = credentialIn(value);
  if (shape) return shape;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  if (!isLiteral(value)) return undefined;
  if (password.test(words)) return "a literal password";
  return token.test(words) && isRandom(value) ? "a literal credential" : undefined;
}

/** A word that stands in the text itself: no reference, path, address, placeholder or switch. */
function isLiteral(value: string): boolean {
  const text = value.trim();
  if (/^$|^[$%<{[*(@`]|^(?:\.{0,2}|~)\/|^[a-z][\w+.-]*:\/\/|^[a-z]:\\/i.test(text)) return false;
  if (/^(?:file|vault|ref\+\w+|arn|secret|env|op|data):|^projects\/|[(){}]/i.test(text))
    return false;
  return !/^(?:x+|true|false|yes|no|on|off|none|null|nil|undefined|redacted|enabled|disabled)$/i.test(
    text,
  );
}

/** Neither a number nor lower-case words, as names of objects are. */
function isRandom(value: string): boolean {
  return value.length >= 8 && !/^[\d.]+$|^[a-z]+(?:[-._/][a-z]+)*$|\s/.test(value);
}

/** Assignments in commands and in files: `--password=x`, `PGPASSWORD=x psql`, `"apiKey": "x"`. */
const assignment =
  /(?:^|[\s;&|,{("'])(--?[A-Za-z][\w-]*|[A-Z][A-Z0-9_]*)=("[^"\n]*"|'[^'\n]*'|[^\s;&|"']+)/g;
const entry =
  /^[\s-]*["']?([A-Za-z][\w.-]*)["']?\s*[:=]\s*("[^"\n]*"|'[^'\n]*'|[^\s"'#]\S*),?\s*$/gm;

const json = /"([A-Za-z][\w.-]*)"\s*:\s*("[^"\n]*")/g;

/** What credential a command line or its argument holds. */
export function credentialInCommand(text: string): string | undefined {
  return credentialIn(text) ?? credentialAmong(text.matchAll(assignment));
}

/** What credential a file of configuration holds, as a line `key: value` or `key = value`. */
export function credentialInFile(text: string): string | undefined {
  const found = credentialIn(text);
  if (found || !promise.test(text)) return found;
  return credentialAmong(text.matchAll(entry)) ?? credentialAmong(text.matchAll(json));
}

function credentialAmong(pairs: Iterable<RegExpMatchArray>): string | undefined {
  for (const [, name = "", value = ""] of pairs) {
    const found = credentialUnder(name, value.replace(/,$/, "").replace(/^(["'])(.*)\1$/, "$2"));
    if (found) return found;
  }
  return undefined;
}
