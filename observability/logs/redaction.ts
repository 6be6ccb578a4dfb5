/** What must not be kept, however it came into a line. The group is what is replaced. */
export interface Redaction {
  what: string;
  /** In Go's syntax of regular expressions. */
  expression: string;
  becomes: string;
}

const NAMES =
  "[a-z0-9_-]*(?:password|passwd|secret|token|api[_-]?key|authorization|cookie|credentials?)";

export const redactions: readonly Redaction[] = [
  {
    what: "private keys",
    expression: "-----BEGIN [A-Z ]*PRIVATE KEY-----((?s:.*?))-----END",
    becomes: "<private key>",
  },
  {
    what: "JSON web tokens",
    expression: String.raw`\b(eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*)`,
    becomes: "<token>",
  },
  {
    what: "credentials of a header",
    expression: String.raw`(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/-]{8,}=*)`,
    becomes: "<credentials>",
  },
  {
    what: "passwords in addresses",
    expression: String.raw`\b[a-z][a-z0-9+.-]*://[^\s:/@"]*:([^\s/@"]+)@`,
    becomes: "<password>",
  },
  {
    what: "keys of clouds and services",
    expression: String.raw`\b((?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,})`,
    becomes: "<key>",
  },
  {
    what: "fields of JSON that are named like secrets",
    expression: String.raw`(?i)"${NAMES}"\s*:\s*"((?:[^"\\]|\\.)+)"`,
    becomes: "<secret>",
  },
  {
    what: "parameters that are named like secrets",
    expression: String.raw`(?i)\b${NAMES}=([^\s&"',;<]+)`,
    becomes: "<secret>",
  },
  {
    what: "mail addresses",
    expression: String.raw`([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})`,
    becomes: "<mail address>",
  },
];
