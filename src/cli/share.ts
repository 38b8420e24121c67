/**
 * `onglass captures share`: a capture as a file for others. Prints the replacements, then saves it.
 */
import { dirname } from "node:path";
import { systemClock } from "../base/clock.ts";
import { usage } from "../base/command-line.ts";
import { Failure } from "../base/failure.ts";
import type { FlagValues } from "../config.ts";
import { openFrameFileAt } from "../export/parquet-reader.ts";
import { concatTables } from "../frames/table.ts";
import { asLanguage } from "../i18n/language.ts";
import type { FrameTable } from "../model/frames.ts";
import type { Replaced } from "../model/share.ts";
import { hostSecrets } from "../share/host-secrets.ts";
import { ShareService } from "../share/service.ts";
import { noCapture } from "./capture-place.ts";
import type { CaptureFiles } from "./captures.ts";
import { remoteShare } from "./captures-remote.ts";
import type { HostTarget } from "./host-target.ts";
import { writeOut } from "./out-file.ts";
import { alignColumns, exitOk, type Terminal } from "./output.ts";

/**
 * What is shared, from where, and where to: from the files of this machine, or from another host,
 * made by that host.
 */
export type ShareCall = {
  readonly files: CaptureFiles;
  readonly host: HostTarget | undefined;
  readonly id: string;
  readonly values: FlagValues;
  readonly terminal: Terminal;
};

/** @throws Failure `usage`, `not_found`, `capture_damaged` */
export async function shareCapture(call: ShareCall): Promise<number> {
  const { host, id, values, terminal } = call;
  const target = readTarget(values, id);
  const shared =
    host === undefined
      ? await madeHere(call, target)
      : await remoteShare(host, { id, format: target.kind, language: target.language });
  if (shared === undefined) throw noCapture(id, host);
  const { bytes, replaced } = shared;
  if (values.json !== true) for (const line of listOf(replaced)) terminal.say(line);
  writeOut(target.out, bytes, terminal);
  if (values.json === true) {
    terminal.print(JSON.stringify({ file: target.out, bytes: bytes.length, replaced }));
  }
  return exitOk;
}

type Target = ReturnType<typeof readTarget>;

async function madeHere({ files, id }: ShareCall, { language, kind }: Target) {
  const dataDirectory = dirname(files.directory ?? "");
  const shares = new ShareService({
    recordings: files,
    rows: (of) => rowsOf(files, of),
    // The host need not run: its token and its players are files.
    secrets: () => hostSecrets(dataDirectory),
    dataDirectory,
    wallMs: () => systemClock().wallMs(),
  });
  const shared = await shares.share(id, language);
  if (shared === undefined) return undefined;
  const bytes = kind === "zip" ? shared.zip() : new TextEncoder().encode(shared.html());
  return { bytes, replaced: shared.replaced };
}

function readTarget(values: FlagValues, id: string) {
  const language = asLanguage(String(values.language ?? "en"));
  if (language === undefined) {
    throw usage(`Cannot use --language "${values.language}": it takes en or de`);
  }
  const kind = values.zip === true ? "zip" : "html";
  const out = typeof values.out === "string" ? values.out : `onglass-${id}.${kind}`;
  const isText = kind === "html" && values.json !== true;
  if (out === "-" && !isText) throw usage("Missing --out FILE: stdout takes the page alone");
  return { language, kind, out };
}

function listOf(replaced: readonly Replaced[]): string[] {
  if (replaced.length === 0) return ["Nothing had to be replaced."];
  const rows = replaced.map(({ kind, value, placeholder, count }) => [
    value ?? "(secret)",
    placeholder,
    kind,
    String(count),
  ]);
  return [
    "Replaced in the file:",
    ...alignColumns([["FOUND", "REPLACED BY", "KIND", "COUNT"], ...rows]),
  ];
}

async function rowsOf({ frames }: CaptureFiles, id: string): Promise<FrameTable> {
  const path = await frames.filePath(id);
  if (path === undefined)
    throw new Failure("no_frames", `Cannot find the frames of capture "${id}"`);
  const file = await openFrameFileAt(path);
  const tables: FrameTable[] = [];
  for await (const table of file.tables()) tables.push(table);
  return concatTables(tables);
}
