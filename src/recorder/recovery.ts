/**
 * Turns the journals left by a crash into captures. A journal is removed only after its capture is
 * saved; one with damaged lines is also set aside.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../base/error-text.ts";
import { log, warn } from "../base/log.ts";
import { setAside } from "../base/private-directory.ts";
import { statIfAny } from "../base/read-file.ts";
import type { Capture, CaptureMeta } from "../model/capture.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { Stats } from "../ports/stats.ts";
import { journalSuffix } from "./journal.ts";
import { parseJournal } from "./journal-lines.ts";

/** Four times what a full capture's journal has, and all that its timeline may have. */
const journalBytesMax = 104 * 1024 * 1024;

/** Where captures are saved, as the recorder needs it. */
export type CaptureVault = Pick<Recordings, "list" | "load"> &
  Pick<Stats, "change" | "remove"> & {
    /**
     * Saves the capture and its timeline, or neither.
     * @returns the meta with the new id
     */
    save(capture: Capture, timeline?: Timeline): Promise<CaptureMeta>;
  };

type Journals = {
  readonly directory: string;
  readonly vault: CaptureVault;
  /** Path of a journal that is in use. */
  readonly inUse: string | undefined;
};

/**
 * A journal that cannot be turned into a capture now (the disk is full) stays for the next time.
 * @returns the saved captures.
 */
export async function recoverJournals(journals: Journals): Promise<CaptureMeta[]> {
  const saved: CaptureMeta[] = [];
  for (const name of await journalNames(journals.directory)) {
    if (join(journals.directory, name) === journals.inUse) continue;
    try {
      const meta = await recoverJournal(journals, name);
      if (meta !== undefined) saved.push(meta);
    } catch (cause) {
      warn("journal_not_recovered", { name, cause });
    }
  }
  return saved;
}

async function journalNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((cause: unknown) => {
    if (hasCode(cause, "ENOENT")) return [];
    throw cause;
  });
  return names.filter((name) => name.endsWith(journalSuffix)).sort();
}

/** The timelines of all journals that can be read; `undefined` for one without a head. */
export async function readJournals(
  directory: string,
): Promise<{ readonly name: string; readonly timeline: Timeline | undefined }[]> {
  const found: { name: string; timeline: Timeline | undefined }[] = [];
  for (const name of await journalNames(directory)) {
    try {
      const { timeline } = parseJournal(await readJournal(join(directory, name)));
      found.push({ name, timeline });
    } catch (cause) {
      warn("manual_journal_not_recovered", { name, cause });
    }
  }
  return found;
}

async function recoverJournal(journals: Journals, name: string): Promise<CaptureMeta | undefined> {
  const path = join(journals.directory, name);
  const { capture, timeline, damagedLineCount } = parseJournal(await readJournal(path));
  const meta = capture && (await saveOnce(journals.vault, { capture, timeline }));
  if (damagedLineCount > 0) {
    await setAside(journals.directory, name);
    warn("journal_damaged", { name, damagedLineCount });
  } else {
    await rm(path);
  }
  if (meta !== undefined) log("capture recovered", { id: meta.id, samples: meta.sample_count });
  return meta;
}

/**
 * The text, or a single damaged line if it is not ours: too large, a pipe without a writer, or a
 * dangling link.
 */
async function readJournal(path: string): Promise<string> {
  const stats = await statIfAny(path);
  if (stats?.isFile() !== true) return "not a file\n";
  if (stats.size > journalBytesMax) return `larger than ${journalBytesMax} bytes\n`;
  return await Bun.file(path).text();
}

/** The host may have been killed between saving a capture and removing its journal. */
async function saveOnce(
  vault: CaptureVault,
  { capture, timeline }: { capture: Capture; timeline: Timeline | undefined },
): Promise<CaptureMeta | undefined> {
  const { captures } = await vault.list();
  for (const meta of captures) {
    if (meta.started_unix_ms !== capture.meta.started_unix_ms) continue;
    const saved = await vault.load(meta.id);
    if (saved !== undefined && holdsSamples(saved, capture)) return undefined;
  }
  return await vault.save(capture, timeline);
}

function holdsSamples(saved: Capture, journal: Capture): boolean {
  const count = journal.samples.length;
  return JSON.stringify(saved.samples.slice(0, count)) === JSON.stringify(journal.samples);
}
