/**
 * Named tokens in `<data>/tokens.json` (0600): names, rights and the hashes of secrets. A damaged
 * file is set aside: its tokens open nothing then.
 */
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { diskFault } from "../base/disk-fault.ts";
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { setAside } from "../base/private-directory.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { accessTokenCountMax, KeptToken } from "../model/access-token.ts";

const fileName = "tokens.json";

const Tokens = Type.Object({
  version: Type.Literal(1),
  tokens: Type.Array(KeptToken, { maxItems: accessTokenCountMax }),
});

/** Holds what was there at the start, and saves what is there now. One for each data directory. */
export class AccessTokensFile {
  /** As read at the start. */
  readonly kept: readonly KeptToken[];
  readonly #path: string;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, kept: readonly KeptToken[]) {
    this.#path = path;
    this.kept = kept;
  }

  /** No tokens when there is no file yet, or one that is damaged. */
  static async load(directory: string): Promise<AccessTokensFile> {
    const path = join(directory, fileName);
    return new AccessTokensFile(path, (await read(directory, path)).tokens);
  }

  /** One save after the other; the last state wins. @throws Failure `tokens_not_saved` */
  async save(tokens: readonly KeptToken[]): Promise<void> {
    const text = `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`;
    const saving = this.#saving.then(() => writeFileAtomic(this.#path, text));
    this.#saving = saving.catch(() => undefined);
    try {
      await saving;
    } catch (cause) {
      const { name: disk, text: reason } = diskFault(cause);
      const options = { cause, values: { disk } };
      throw new Failure("tokens_not_saved", `Cannot save the tokens: ${reason}`, options);
    }
  }

  saveLater(tokens: readonly KeptToken[]): void {
    this.save(tokens).catch((cause: unknown) =>
      warn("tokens_not_saved", { path: this.#path, cause }),
    );
  }

  /** Resolves when all that was to be saved is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#saving;
  }
}

/** @throws Error where the system refuses to read what is there */
async function read(directory: string, path: string): Promise<Static<typeof Tokens>> {
  const text = await readFileIfAny(path);
  if (text === undefined) return { version: 1, tokens: [] };
  const value = parse(text);
  if (Value.Check(Tokens, value)) return value;
  warn("tokens_damaged", { path });
  await setAside(directory, fileName);
  return { version: 1, tokens: [] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
