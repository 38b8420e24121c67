/** Joins the archive to the captures of this host. */
import { readFileSync } from "node:fs";
import { hostname, release } from "node:os";
import { openStore } from "../archive/access.ts";
import { SentMarks } from "../archive/marks.ts";
import { ArchiveSender } from "../archive/sender.ts";
import { ArchiveService, noArchive } from "../archive/service.ts";
import { makeTablesApart } from "../archive/table-maker.ts";
import { systemScheduler } from "../base/scheduler.ts";
import { version } from "../base/version.ts";
import type { Config } from "../config.ts";
import type { Archive } from "../ports/archive.ts";
import type { Imports } from "../ports/imports.ts";
import type { VerdictReads } from "../ports/verdicts.ts";
import type { Core } from "./core.ts";
import { openImports } from "./shares.ts";

/** Nothing is sent while the host starts. */
const firstLookMs = 3000;

type Given = { readonly core: Core; readonly verdicts: VerdictReads };

/** What moves captures of others here, and those of this host elsewhere. */
export async function openGathering(
  config: Config,
  given: Given,
  parts: AsyncDisposableStack,
): Promise<{ readonly imports: Imports; readonly archive: Archive }> {
  const imports = openImports(given.core);
  return { imports, archive: await openArchive(config, { ...given, imports }, parts) };
}

/**
 * Sends captures when they are saved, and pending ones.
 * @throws Failure `archive_keys`
 */
async function openArchive(
  { archive, dataDirectory }: Config,
  { core, verdicts, imports }: Given & { readonly imports: Imports },
  parts: AsyncDisposableStack,
): Promise<Archive> {
  if (archive === undefined) return noArchive;
  const { store: captures, keeper, recorder, clock, identity } = core;
  const store = await openStore(archive.target, archive.keysFile);
  const scheduler = systemScheduler();
  const list = async () => (await captures.list()).captures;
  const sender = parts.use(
    new ArchiveSender({
      ...{ store, clock, scheduler },
      marks: await SentMarks.open(dataDirectory, store.name),
      hostName: hostname(),
      installation: identity.fingerprint.slice(0, 8),
      machine: { onglassVersion: version, kernel: release(), gpuDriver: gpuDriver() },
      makeTables: makeTablesApart,
      sources: {
        list,
        holds: async (id) => (await captures.version(id)) !== undefined,
        load: (id) => captures.load(id),
        loadTimeline: (id) => captures.loadTimeline(id),
        rowsSettled: (id) => keeper.rowsSettled(id),
        rowsPath: (id) => captures.frames.filePath(id),
        verdict: (id) => verdicts.verdictOfRecording(id, {}),
      },
    }),
  );
  parts.use(
    recorder.subscribe((event) => {
      if (event.kind === "added") sender.saved(event.meta);
      if (event.kind === "removed") sender.forget(event.id);
    }),
  );
  parts.defer(scheduler.after(firstLookMs, () => sender.look()));
  return new ArchiveService({
    ...{ store, sender, list },
    import: async (document) => (await imports.import(document)).meta,
  });
}

/** `nvidia 570.86.16`, or the version of the kernel driver. */
function gpuDriver(): string | undefined {
  for (const name of ["nvidia", "amdgpu", "i915", "xe", "nouveau"]) {
    const own = readIfAny(`/sys/module/${name}/version`);
    if (own !== undefined) return `${name} ${own}`;
    if (readIfAny(`/sys/module/${name}/initstate`) !== undefined) return `${name} ${release()}`;
  }
  return undefined;
}

/** Read once at start: a kernel module answers at once. */
function readIfAny(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim().slice(0, 64);
  } catch {
    return undefined;
  }
}
