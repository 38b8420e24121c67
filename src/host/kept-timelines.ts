/**
 * Manual recordings of events, saved when they end and loaded at start: the newest few. A running
 * one has a journal like a capture's: if the host is killed, it is recovered at the next start.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { log, warn } from "../base/log.ts";
import { isCaptureId } from "../model/capture-id.ts";
import type { Timeline } from "../model/timeline.ts";
import type { TimelineJournal } from "../ports/timeline.ts";
import { discardJournal, Journal } from "../recorder/journal.ts";
import { readJournals } from "../recorder/recovery.ts";
import { TimelineFiles } from "../store/timeline-files.ts";
import type { ManualStart } from "../timeline/host-timeline.ts";

/** As many as the timeline keeps in memory. */
export const keptCountMax = 3;

/** A resumed import may have any name. */
function fileId(id: string): string {
  const name = id.replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return isCaptureId(name) && name !== "capture" && name !== "manual" ? name : `kept_${name}`;
}

type KeptRecordings = { keep(timeline: Timeline): void };

/**
 * Saves manual recordings, the newest three, and recovers the one that was running when the host
 * was killed.
 */
export class KeptTimelines {
  readonly #files: TimelineFiles;
  readonly #journals: string;
  readonly #clock: Clock;
  #journal: Journal | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(dataDirectory: string, clock: Clock = systemClock()) {
    const directory = join(dataDirectory, "timelines-by-hand");
    this.#files = new TimelineFiles(directory);
    this.#journals = join(directory, "journal");
    this.#clock = clock;
  }

  /** Oldest first, so that the newest outlives the others there too. */
  async load(recordings: KeptRecordings): Promise<void> {
    await this.#files.prepare();
    await this.#recover();
    for (const id of (await this.#files.ids()).slice(0, keptCountMax).reverse()) {
      try {
        const timeline = await this.#files.load(id);
        if (timeline !== undefined) recordings.keep(timeline);
      } catch (cause) {
        warn("manual_recording_not_readable", { id, cause });
      }
    }
  }

  /** One after another; a failure is logged, and the recording stays in memory until the end. */
  save(timeline: Timeline): void {
    const journal = this.#journal;
    this.#journal = undefined;
    this.#saving = this.#saving.then(() => this.#save(timeline, journal));
  }

  /** The journal of a starting recording; that of the one it replaces is dropped with it. */
  begin({ id, startedUnixMs, host, held }: ManualStart): TimelineJournal {
    const replaced = this.#journal;
    if (replaced !== undefined) this.#saving = this.#saving.then(() => discardJournal(replaced));
    const journal = new Journal({ directory: this.#journals, clock: this.#clock, startedUnixMs });
    const timeline_id = fileId(id);
    journal.append({ head: { version: 1, started_unix_ms: startedUnixMs, host, timeline_id } });
    for (const event of held?.events ?? []) journal.timeline.append({ event });
    for (const checkpoint of held?.checkpoints ?? []) journal.timeline.append({ checkpoint });
    this.#journal = journal;
    return journal.timeline;
  }

  /** Resolves when the journal of the running one is complete, or the disk has refused it. */
  async written(): Promise<void> {
    await this.#journal?.settled();
  }

  /** Resolves when everything is saved. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  /** Left by a killed host; a journal that cannot be saved now stays for the next start. */
  async #recover(): Promise<void> {
    for (const { name, timeline } of await readJournals(this.#journals)) {
      try {
        if (timeline !== undefined) {
          await this.#files.save(fileId(timeline.id), timeline);
          log("manual recording recovered", { id: timeline.id, events: timeline.events.length });
        }
        await dataDisk.run(() => rm(join(this.#journals, name), { force: true }));
      } catch (cause) {
        warn("manual_journal_not_recovered", { name, cause });
      }
    }
  }

  async #save(timeline: Timeline, journal: Journal | undefined): Promise<void> {
    try {
      await this.#files.save(fileId(timeline.id), timeline);
      if (journal !== undefined) await discardJournal(journal);
      for (const id of (await this.#files.ids()).slice(keptCountMax)) await this.#files.remove(id);
    } catch (cause) {
      warn("manual_recording_not_saved", { id: timeline.id, cause });
    }
  }
}
