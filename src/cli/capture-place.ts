/** Where saved captures are: in files of this machine, or on another host. */
import type { AsyncBuffer } from "hyparquet";
import { Failure } from "../base/failure.ts";
import { diskBufferAt } from "../export/parquet-reader.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { Stats } from "../ports/stats.ts";
import type { CaptureFiles } from "./captures.ts";
import type { HostTarget } from "./host-target.ts";

/** Operations on captures in either place; a malformed id is treated as not found. */
export type CapturePlace = Pick<Recordings, "list" | "load" | "loadTimeline"> &
  Pick<Stats, "change" | "remove"> & {
    /** The capture as JSON. */
    text(id: string): Promise<string | undefined>;
    /** Its rows, a Parquet file; `undefined` when it has none. */
    rows(id: string): Promise<AsyncBuffer | undefined>;
  };

/** The files of this machine. */
export function localPlace(files: CaptureFiles): CapturePlace {
  return {
    list: () => files.list(),
    load: (id) => files.load(id),
    loadTimeline: (id) => files.loadTimeline(id),
    text: async (id) => {
      const path = await files.filePath(id);
      return path === undefined ? undefined : await Bun.file(path).text();
    },
    rows: async (id) => {
      const path = await files.frames.filePath(id);
      return path === undefined ? undefined : await diskBufferAt(path);
    },
    change: (id, change) => files.change(id, change),
    remove: (id) => files.remove(id),
  };
}

/** The refusal for a missing capture: on this machine, or on `host`. */
export function noCapture(id: string, host: HostTarget | undefined): Failure {
  const list = `onglass captures list${host === undefined ? "" : ` --host ${host.name}`}`;
  const text = `Cannot find capture "${id}": \`${list}\` shows them`;
  return new Failure("not_found", text);
}
