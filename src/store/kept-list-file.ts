/**
 * A list in a file of the data directory (0600) that holds hashes of secrets: named tokens, links.
 * A damaged file is set aside: its entries are invalid then.
 */
import { join } from "node:path";
import { type Static, type TObject, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { diskFault } from "../base/disk-fault.ts";
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { parseJson } from "../base/parse-json.ts";
import { setAside } from "../base/private-directory.ts";
import { readFileIfAny } from "../base/read-file.ts";
import type { ListKeeper } from "../ports/keeper.ts";

/** Name and content of such a file: `{"version": 1, "<list>": […]}`. */
export type ListForm<Item extends TObject> = {
  readonly fileName: string;
  readonly list: "tokens" | "links";
  readonly item: Item;
  readonly countMax: number;
  /** For both the failure and the warning. */
  readonly notSaved: "tokens_not_saved" | "links_not_saved";
  readonly damaged: "tokens_damaged" | "links_damaged";
};

/** Holds the list read at start, and saves changes. One per file. */
export class KeptListFile<Item extends TObject> implements ListKeeper<Static<Item>> {
  readonly kept: readonly Static<Item>[];
  readonly #path: string;
  readonly #form: ListForm<Item>;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, form: ListForm<Item>, kept: readonly Static<Item>[]) {
    this.#path = path;
    this.#form = form;
    this.kept = kept;
  }

  /** Empty when there is no file yet, or a damaged one. */
  static async load<One extends TObject>(
    directory: string,
    form: ListForm<One>,
  ): Promise<KeptListFile<One>> {
    const path = join(directory, form.fileName);
    return new KeptListFile(path, form, await read(directory, form));
  }

  /** One save after the other; the last state wins. @throws Failure of the form */
  async save(list: readonly Static<Item>[]): Promise<void> {
    const { list: name, notSaved } = this.#form;
    const text = `${JSON.stringify({ version: 1, [name]: list }, null, 2)}\n`;
    const saving = this.#saving.then(() => writeFileAtomic(this.#path, text));
    this.#saving = saving.catch(() => undefined);
    try {
      await saving;
    } catch (cause) {
      const { name: disk, text: reason } = diskFault(cause);
      const options = { cause, values: { disk } };
      throw new Failure(notSaved, `Cannot save the ${name}: ${reason}`, options);
    }
  }

  saveLater(list: readonly Static<Item>[]): void {
    this.save(list).catch((cause: unknown) =>
      warn(this.#form.notSaved, { path: this.#path, cause }),
    );
  }

  /** Resolves when all pending saves are done. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#saving;
  }
}

/** @throws Error if the system refuses to read an existing file */
async function read<Item extends TObject>(
  directory: string,
  form: ListForm<Item>,
): Promise<readonly Static<Item>[]> {
  const path = join(directory, form.fileName);
  const text = await readFileIfAny(path);
  if (text === undefined) return [];
  const kept = parseList(text, form);
  if (kept !== undefined) return kept;
  warn(form.damaged, { path });
  await setAside(directory, form.fileName);
  return [];
}

/** The list in such a file; `undefined` for one that is damaged or of a later version. */
export function parseList<Item extends TObject>(
  text: string,
  { list, item, countMax }: ListForm<Item>,
): readonly Static<Item>[] | undefined {
  const items = Type.Array(item, { maxItems: countMax });
  const value = recordIn(parseJson(text));
  return value.version === 1 && Value.Check(items, value[list]) ? value[list] : undefined;
}

function recordIn(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
