/**
 * People's notes on captures, as side files: `notes/<id>.json` under the capture's id, and
 * `notes/baseline`, which contains the id of the baseline. Capture files are never changed for it.
 * An unreadable note counts as none: it must not prevent a capture from being listed.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareDirectory, syncDirectory, writeFileAtomic } from "../base/atomic-file.ts";
import { diskFault } from "../base/disk-fault.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { Failure } from "../base/failure.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { warn } from "../base/log.ts";
import { makePrivateDirectory } from "../base/private-directory.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { isCaptureId } from "../model/capture-id.ts";
import { CaptureChange, type CaptureNote, changedNote } from "../model/capture-note.ts";
import { shapeCheck } from "../model/shape-check.ts";

const suffix = ".json";
/** Of a note with the longest texts, escaped as JSON. */
const noteBytesMax = 32 * 1024;
const isNote = shapeCheck(CaptureChange);

/** The part of a capture's head from its note. */
export type NotedFields = CaptureNote & { readonly baseline?: true };

/** The notes of one directory, a file each. */
export class NoteFiles {
  readonly #directory: string;
  /** The baseline is one file for all captures. */
  readonly #turns = new KeyedQueue();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Removes what a crash left half-written. */
  async prepare(): Promise<void> {
    await prepareDirectory(this.#directory, "notes");
  }

  /** By the id of the capture, including the baseline. Read each time: a command may write too. */
  async all(): Promise<ReadonlyMap<string, NotedFields>> {
    const names = await dataDisk.run(() => readdir(this.#directory)).catch(() => []);
    const ids = names
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
    const baseline = await this.baseline();
    if (baseline !== undefined && !ids.includes(baseline)) ids.push(baseline);
    const notes = await Promise.all(
      ids.map(async (id) => [id, await this.#fields(id, baseline)] as const),
    );
    return new Map(notes);
  }

  /** For one capture; empty without notes. */
  async of(id: string): Promise<NotedFields> {
    return isCaptureId(id) ? await this.#fields(id, await this.baseline()) : {};
  }

  /** Id of the baseline, whether its capture still exists or not. */
  async baseline(): Promise<string | undefined> {
    const text = await this.#read("baseline");
    const id = text?.trim() ?? "";
    return isCaptureId(id) ? id : undefined;
  }

  /** For an existing capture. @throws Failure `capture_not_saved` when the disk refuses */
  async change(id: string, change: CaptureChange): Promise<NotedFields> {
    await dataDisk.run(() => makePrivateDirectory(this.#directory));
    try {
      await this.#write(id, changedNote(await this.#note(id), change));
      if (change.baseline !== undefined) await this.#setBaseline(id, change.baseline);
    } catch (cause) {
      const { name: disk, text } = diskFault(cause);
      const message = `Cannot save the note of capture "${id}": ${text}`;
      throw new Failure("capture_not_saved", message, { cause, values: { disk } });
    }
    return await this.of(id);
  }

  /** With its capture. */
  async remove(id: string): Promise<void> {
    if (!isCaptureId(id)) return;
    await dataDisk.run(() => rm(this.#path(`${id}${suffix}`), { force: true }));
    await this.#setBaseline(id, false);
  }

  async #write(id: string, note: CaptureNote): Promise<void> {
    const path = this.#path(`${id}${suffix}`);
    if (Object.keys(note).length > 0) return await writeFileAtomic(path, JSON.stringify(note));
    await dataDisk.run(async () => {
      await rm(path, { force: true });
      await syncDirectory(this.#directory);
    });
  }

  async #setBaseline(id: string, isBaseline: boolean): Promise<void> {
    const path = this.#path("baseline");
    await this.#turns.run("baseline", async () => {
      if (isBaseline) await writeFileAtomic(path, `${id}\n`);
      else if ((await this.baseline()) === id) await dataDisk.run(() => rm(path, { force: true }));
    });
  }

  async #fields(id: string, baseline: string | undefined): Promise<NotedFields> {
    const note = await this.#note(id);
    return id === baseline ? { ...note, baseline: true } : note;
  }

  async #note(id: string): Promise<CaptureNote> {
    const text = await this.#read(`${id}${suffix}`);
    if (text === undefined) return {};
    try {
      const value: unknown = JSON.parse(text);
      // Checked for its shape, then cleaned and cut like typed text.
      if (isNote.Check(value)) return changedNote({}, value);
      warn("capture_note_not_understood", { id });
    } catch (cause) {
      warn("capture_note_not_readable", { id, cause });
    }
    return {};
  }

  async #read(name: string): Promise<string | undefined> {
    return await readFileIfAny(this.#path(name), noteBytesMax).catch((cause: unknown) => {
      warn("capture_note_not_readable", { name, cause });
      return undefined;
    });
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}
