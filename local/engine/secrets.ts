import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "#local/engine/errors";

/** Encrypts and decrypts texts. */
export interface Crypter {
  encrypt(plaintext: string): string;
  decrypt(ciphertext: string): string;
}

const CHECK = "pulumi";
const derive = promisify(pbkdf2);

/** Pulumi's passphrase secrets: PBKDF2 and AES-256-GCM. `state` is what a checkpoint stores. */
export class PassphraseSecrets implements Crypter {
  readonly state: string;
  private readonly key: Buffer;

  private constructor(key: Buffer, salt: string) {
    this.key = key;
    this.state = salt.includes(":") ? salt : `v1:${salt}:${this.encrypt(CHECK)}`;
  }

  /** Makes a new salt. Takes about half a second of another core. */
  static async create(passphrase: string): Promise<PassphraseSecrets> {
    const salt = randomBytes(8);
    return new PassphraseSecrets(await stretch(passphrase, salt), salt.toString("base64"));
  }

  /** Opens a stored `state`; throws if the passphrase is not the one that made it. */
  static async open(state: string, passphrase: string): Promise<PassphraseSecrets> {
    const [version, salt = "", ...check] = state.split(":");
    if (version !== "v1") throw new UserError(`unknown form of an encryption salt: ${version}`);
    const secrets = new PassphraseSecrets(
      await stretch(passphrase, Buffer.from(salt, "base64")),
      state,
    );
    if (secrets.tryDecrypt(check.join(":")) !== CHECK) {
      throw new UserError(
        "getting stack configuration: get stack secrets manager: incorrect passphrase",
      );
    }
    return secrets;
  }

  encrypt(plaintext: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const body = Buffer.concat([
      cipher.update(plaintext, "utf8"),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
  }

  /** Throws if the text was not made with this key. */
  decrypt(ciphertext: string): string {
    const [version, nonce = "", body = ""] = ciphertext.split(":");
    if (version !== "v1") throw new UserError(`unknown form of a ciphertext: ${version}`);
    const bytes = Buffer.from(body, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
  }

  private tryDecrypt(ciphertext: string): string | undefined {
    try {
      return this.decrypt(ciphertext);
    } catch {
      return undefined;
    }
  }
}

function stretch(passphrase: string, salt: Buffer): Promise<Buffer> {
  return derive(passphrase, salt, 1_000_000, 32, "sha256");
}

/**
 * The passphrase: `PULUMI_CONFIG_PASSPHRASE`, else the file that `PULUMI_CONFIG_PASSPHRASE_FILE`
 * names, else, for the engine's own state folder, one that is made there once.
 */
export async function findPassphrase(
  ownFolder: string | undefined,
  note: (line: string) => void,
): Promise<string> {
  const { PULUMI_CONFIG_PASSPHRASE: direct, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (direct !== undefined) return direct;
  if (file !== undefined) {
    if (!existsSync(file)) {
      throw new UserError(`PULUMI_CONFIG_PASSPHRASE_FILE names ${file}, which does not exist`);
    }
    return readFileSync(file, "utf8").trim();
  }
  if (ownFolder === undefined) {
    throw new UserError(
      "getting stack configuration: get stack secrets manager: passphrase must be set with " +
        "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
    );
  }
  const path = join(ownFolder, "passphrase");
  await mkdir(ownFolder, { recursive: true });
  try {
    await writeFile(path, `${randomBytes(24).toString("base64url")}\n`, {
      mode: 0o600,
      flag: "wx",
    });
    note(
      `Made a passphrase for this machine's state: ${path} (keep it: state can't be read without)`,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(path, "utf8").trim();
}
