import assert from "node:assert/strict";
import {
  credentialIn,
  credentialInCommand,
  credentialInFile,
  credentialUnder,
} from "#policy/model/credentials";

/** Joined here, so that no scanner takes this file for a leak. */
const join = (...parts: string[]) => parts.join("");
const long = "0123456789abcdefghij";

describe("the detector of credentials", () => {
  const shapes: [string, string][] = [
    ["a private key", join("-----BEGIN ", "PRIVATE KEY-----\nMIIE")],
    ["a private key", join("-----BEGIN RSA ", "PRIVATE KEY-----")],
    ["a private key", join("-----BEGIN PGP ", "PRIVATE KEY BLOCK-----")],
    ["an AWS access key", join("AKIA", "IOSFODNN7ABCDEFG")],
    ["an AWS access key", join("ASIA", "IOSFODNN7ABCDEFG")],
    ...["p", "o", "u", "s", "r"].map((kind): [string, string] => [
      "a GitHub token",
      join("gh", kind, "_", long, long),
    ]),
    ["a GitHub token", join("github_", "pat_", long, long)],
    ["a GitLab token", join("glpat", "-", long)],
    ["a Slack token", join("xoxb", "-1234567890-abcdef")],
    ["a Slack webhook", join("https://hooks.slack", ".com/services/T01/B01/abc")],
    ["a Google API key", join("AIza", long, "0123456789abcde")],
    ["a Stripe key", join("sk_", "live_", long)],
    ["an npm token", join("npm", "_", long, "0123456789abcdef")],
    ["an API key of a model provider", join("sk-", "ant-", long)],
    ["an API key of a model provider", join("sk-", long)],
    ["a JSON web token", join("eyJhbGciOiJI", ".eyJzdWIiOiIx", ".c2lnbmF0dXJl")],
    ["a password in a URL", "postgres://web:hunter2@db:5432/web"],
    ["a password in a URL", "Redis://:hunter2@cache"],
    ["a password in a URL", "from http://a@b to amqp://ann:hunter2@queue"],
  ];
  for (const [what, text] of shapes) {
    it(`knows ${what} within a text: ${text.slice(0, 12)}`, () => {
      assert.equal(credentialIn(text), what);
      assert.equal(credentialIn(`say "${text}" here`), what);
    });
  }

  it("leaves alone what only looks like one", () => {
    for (const text of [
      "-----BEGIN CERTIFICATE-----",
      "-----BEGIN PUBLIC KEY-----",
      "AKIA",
      "NAKIAIOSFODNN7ABCDEFG",
      "ghp_short",
      "https://example.org:8080/a@b",
      "postgres://web@db.mesh.svc:5432/web",
      "postgres://web:$(PASSWORD)@db/web",
      "postgres://web:${PASSWORD}@db/web",
      "postgres://web:<password>@db/web",
      "postgres://web:{{password}}@db/web",
      "postgres://web:xxxx@db/web",
      "docker.io/web:1.2.3@sha256:abcdef",
      "ask-questions-and-wait-for-answers-from-everyone",
      "task-0123456789abcdefghij",
      "eyJhbGciOiJI",
    ]) {
      assert.equal(credentialIn(text), undefined, text);
    }
  });

  const passwords = [
    "PASSWORD",
    "DB_PASSWORD",
    "PGPASSWORD",
    "dbPassword",
    "REDIS_PASSWD",
    "passphrase",
    "MYSQL_PWD",
  ];
  const tokens = [
    "TOKEN",
    "AUTH_TOKEN",
    "clientSecret",
    "API_KEY",
    "APIKEY",
    "apiKey",
    "AWS_SECRET_ACCESS_KEY",
    "signing-key",
    "CREDENTIALS",
    "CREDENTIAL",
    "SECRET_KEY",
    "PRIVATE_KEY",
    "ENCRYPTION_KEY",
    "MASTER_KEY",
    "AUTH_KEY",
    "ACCOUNT_KEY",
  ];

  it("believes a name that promises a credential", () => {
    for (const name of passwords) {
      assert.equal(credentialUnder(name, "abc"), "a literal password", name);
      assert.equal(credentialUnder(name, "12345"), "a literal password", name);
    }
    for (const name of tokens) {
      assert.equal(credentialUnder(name, "s3cr3t-value"), "a literal credential", name);
    }
  });

  it("does not take other names for promises", () => {
    const names = [
      "PASSWORD_FILE",
      "TOKEN_URL",
      "SECRET_NAME",
      "MAX_TOKENS",
      "PUBLIC_KEY",
      "SORT_KEY",
      "KEY",
      "PWD",
      "OLDPWD",
      "PASSWORD_ENCRYPTION",
      "BROKEN",
      "ATOKEN",
      "MONKEY",
      "API_KEYS_PATH",
    ];
    for (const name of names) assert.equal(credentialUnder(name, "s3cr3t-value"), undefined, name);
  });

  it("takes references, paths, addresses, placeholders and switches for what they are", () => {
    const values = [
      "",
      " ",
      "$(DB)",
      "${DB}",
      "%s",
      "<password>",
      "{{ .x }}",
      "[x]",
      "*",
      "(a)",
      "@env",
      "`cat f`",
      "/run/x",
      "./x",
      "../x",
      "~/x",
      "C:\\x",
      "https://example.org/x",
      "file:x",
      "vault:secret/x",
      "ref+vault://x",
      "arn:aws:x",
      "secret:x",
      "env:X",
      "op:x",
      "data:x",
      "projects/p/secrets/x",
      "get(x)",
      "xxxx",
      "true",
      "False",
      "yes",
      "no",
      "on",
      "off",
      "none",
      "null",
      "nil",
      "undefined",
      "REDACTED",
      "enabled",
      "disabled",
    ];
    for (const value of values) {
      assert.equal(credentialUnder("DB_PASSWORD", value), undefined, value);
    }
    assert.equal(credentialUnder("DB_PASSWORD", "yesterday"), "a literal password");
    assert.equal(credentialUnder("DB_PASSWORD", "my projects/x"), "a literal password");
  });

  it("takes numbers, short words and names of objects for no token", () => {
    for (const value of [
      "1234567890",
      "1.5",
      "s3cr3t",
      "web-tls-secret",
      "some.name",
      "two words 1",
    ]) {
      assert.equal(credentialUnder("TLS_SECRET", value), undefined, value);
    }
    assert.equal(credentialUnder("TLS_SECRET", "web-tls-5ecret"), "a literal credential");
    assert.equal(credentialUnder("TLS_SECRET", "s3cr3t12"), "a literal credential");
  });

  it("tells the form of a value whatever its name is", () => {
    assert.equal(credentialUnder("NAME", join("glpat", "-", long)), "a GitLab token");
  });

  const commands: [string, boolean][] = [
    ["--password=hunter2", true],
    ["-password=hunter2", true],
    ["PGPASSWORD=hunter2 psql", true],
    ["export PGPASSWORD='hunter2'; psql", true],
    ['run --api-key="s3cr3t-value" now', true],
    [join("curl -H 'Authorization: Bearer glpat", "-", long, "'"), true],
    ['PGPASSWORD="$(cat /run/password)"', false],
    ["--password=$(PASSWORD)", false],
    ["--password-file=/run/password", false],
    ["--data-checksums --auth=scram-sha-256", false],
    ["const token=makeToken1234; x.token=abcdefgh1", false],
  ];
  for (const [text, bad] of commands) {
    it(`${bad ? "finds" : "finds none"} in the command ${text.slice(0, 30)}`, () => {
      assert.equal(credentialInCommand(text) !== undefined, bad);
    });
  }

  const files: [string, boolean][] = [
    ["user: web\npassword: hunter2\nport: 1", true],
    ["  - apiKey: 's3cr3t-value'", true],
    ["db.password = hunter2", true],
    ['{"user":"web","password":"hunter2","port":1}', true],
    ['  "password": "hunter2",', true],
    [join("url: redis", "://:hunter2@cache"), true],
    ["password: ${PASSWORD}", false],
    ["password_file: /run/password", false],
    ["password_encryption = scram-sha-256", false],
    ["password: # to be set", false],
    ["the password: hunter2 is a word", false],
    ['{"password":{"type":"string"}}', false],
    ["token: web-token", false],
  ];
  for (const [text, bad] of files) {
    it(`${bad ? "finds" : "finds none"} in the file ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.equal(credentialInFile(text) !== undefined, bad);
    });
  }
});
