/**
 * The settings of running streams in `<data>/settings.json`. A change is on the disk before it is
 * applied, and changes are made one after the other. A damaged file is set aside, never fatal.
 */
import { basename, dirname, join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { writeFileAtomic } from "../base/atomic-file.ts";
import { diskFault } from "../base/disk-fault.ts";
import { Failure } from "../base/failure.ts";
import { warn } from "../base/log.ts";
import { setAside } from "../base/private-directory.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { faultOf, Settings, type SettingsChange, settingsDefault } from "../model/settings.ts";
import type { OperatorSettings } from "../ports/settings.ts";

/** `actor` is who changed them: "token" or "console". Must not throw. */
export type OnSettingsChanged = (before: Settings, after: Settings, actor: string) => void;

/**
 * The operator’s settings, in memory and in `settings.json`. A damaged file is set aside, and
 * defaults apply.
 */
export class SettingsFile implements OperatorSettings {
  readonly #path: string;
  readonly #onChanged: OnSettingsChanged;
  #current: Settings;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, current: Settings, onChanged: OnSettingsChanged) {
    this.#path = path;
    this.#current = current;
    this.#onChanged = onChanged;
  }

  /**
   * The defaults when there is no file yet, or no usable one.
   * @param given settings of the command line: they override the file
   */
  static async load(
    directory: string,
    onChanged: OnSettingsChanged,
    given: SettingsChange = {},
  ): Promise<SettingsFile> {
    const path = join(directory, "settings.json");
    const current = { ...((await read(path)) ?? settingsDefault), ...given };
    return new SettingsFile(path, current, onChanged);
  }

  current(): Settings {
    return this.#current;
  }

  /**
   * Resolves with all settings once the change is saved and reported; one that changes nothing raises
   * no revision. @throws Failure `out_of_range`, `settings_not_saved`
   */
  change(change: SettingsChange, actor: string): Promise<Settings> {
    const changing = this.#last.then(() => this.#change(change, actor));
    this.#last = changing.catch(() => undefined);
    return changing;
  }

  async #change(change: SettingsChange, actor: string): Promise<Settings> {
    const before = this.#current;
    const wanted = { ...before, ...change };
    const fault = faultOf(wanted);
    if (fault !== undefined) throw new Failure("out_of_range", fault);
    if (Bun.deepEquals(wanted, before)) return before;
    const after = { ...wanted, revision: before.revision + 1 };
    try {
      await writeFileAtomic(this.#path, `${JSON.stringify(after, null, 2)}\n`);
    } catch (cause) {
      const { name: disk, text } = diskFault(cause);
      const options = { cause, values: { disk } };
      throw new Failure("settings_not_saved", `Cannot change the settings: ${text}`, options);
    }
    this.#current = after;
    this.#onChanged(before, after, actor);
    return after;
  }
}

/** A file from an earlier version lacks fields, one from a later version has more. */
async function read(path: string): Promise<Settings | undefined> {
  const text = await readFileIfAny(path).catch(emptyIfUnfit);
  if (text === undefined) return undefined;
  const settings = parseSettings(text);
  if (settings !== undefined) return settings;
  warn("settings_damaged", { path });
  await setAside(dirname(path), basename(path));
  return undefined;
}

/** Too large or not a regular file: damaged; refusals of the system are not judged here. */
function emptyIfUnfit(error: Error): string {
  if (error.cause instanceof Error && "code" in error.cause) throw error;
  return "";
}

/** Settings as a host reads them from a file; `undefined` for a damaged one. */
export function parseSettings(text: string): Settings | undefined {
  try {
    const known: unknown = JSON.parse(text);
    if (typeof known !== "object" || known === null || Array.isArray(known)) return undefined;
    const settings = Value.Clean(Settings, { ...settingsDefault, ...known });
    return Value.Check(Settings, settings) && faultOf(settings) === undefined
      ? settings
      : undefined;
  } catch {
    // Not JSON at all: damaged like any other.
    return undefined;
  }
}
