/**
 * Sign-in sessions of browsers in `<data>/sign-ins.json` (0600), so that they outlive a restart of
 * the host. Hashes only: no cookie can be made from the file.
 */
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { warn } from "../base/log.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { unixMs } from "../model/unix-ms.ts";

const SignIns = Type.Array(
  Type.Object({
    hash: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
    expires_unix_ms: unixMs("End of the session, by the wall clock"),
    token_id: Type.Optional(Type.String({ pattern: "^[0-9a-f]{12}$" })),
  }),
  { maxItems: 64 },
);
/** Whether a host would accept it as the content of `sign-ins.json`. */
export function isSignIns(value: unknown): value is SignIns {
  return Value.Check(SignIns, value);
}
type SignIns = Static<typeof SignIns>;

/** Holds the sessions read at start, and saves changes. */
export class SignInsFile {
  /** As read at the start. */
  readonly kept: SignIns;
  readonly #path: string;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, kept: SignIns) {
    this.#path = path;
    this.kept = kept;
  }

  /** None when there is no file yet, or no usable one: people sign in again then. */
  static async load(directory: string): Promise<SignInsFile> {
    const path = join(directory, "sign-ins.json");
    try {
      const value: unknown = JSON.parse((await readFileIfAny(path)) ?? "[]");
      if (isSignIns(value)) return new SignInsFile(path, value);
      throw new Error("its content is not valid");
    } catch (cause) {
      warn("sign_ins_not_readable", { path, cause });
      return new SignInsFile(path, []);
    }
  }

  /** Saved asynchronously, one after another; a failure is logged. */
  keep(signIns: SignIns): void {
    const text = `${JSON.stringify(signIns)}\n`;
    this.#saving = this.#saving
      .then(() => writeFileAtomic(this.#path, text))
      .catch((cause: unknown) => warn("sign_ins_not_saved", { path: this.#path, cause }));
  }

  /** Resolves when all pending saves are done. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#saving;
  }
}
