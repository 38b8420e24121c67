/**
 * One row for each slot of a stream's grid: its fate and how its time was spent. A slot in which no
 * frame was made is a row too. The columns are the same in memory, in the history, in Parquet and
 * on the wire; a time that a path cannot know is absent, never 0.
 */

/** The fate of a slot. Only appended to: files hold the index. */
export const frameFates = ["sent", "missed", "dropped", "refused", "lost", "skipped"] as const;
/**
 * `sent` handed over completely; `missed` no frame was made; `dropped` made, never sent; `refused`
 * the kernel did not take all of it; `lost` the player could not complete it; `skipped` the viewer
 * was too slow.
 */
export type FrameFate = (typeof frameFates)[number];

type ColumnType = "uint32" | "int64" | "uint16" | "bool" | "fate";

/** How a column is stored, whether it may be absent, and its description. */
export type FrameColumn = {
  readonly type: ColumnType;
  readonly isOptional: boolean;
  readonly description: string;
};

const always = (type: ColumnType, description: string): FrameColumn => ({
  type,
  isOptional: false,
  description,
});
const maybe = (type: ColumnType, description: string): FrameColumn => ({
  type,
  isOptional: true,
  description,
});

/** In the order in which they are written. */
export const frameColumns = {
  session_id: always("uint32", "Id of the session"),
  frame: always("uint32", "Number of the slot, increasing by one"),
  due_us: always("int64", "When the slot was due, in µs since the capture or the history began"),
  fate: always("fate", "What became of the slot"),
  repeat: always("bool", "The source had nothing new; the last picture was encoded again"),
  key: always("bool", "Key frame: begins a group"),
  wait_us: always("uint32", "From due until capture began"),
  capture_us: maybe(
    "uint32",
    "From requesting a picture until it was there in the encoder’s format",
  ),
  submit_us: maybe("uint32", "From there until the encoder started on it"),
  encode_us: maybe("uint32", "From there until its packet was out"),
  packetize_us: maybe(
    "uint32",
    "Splitting, parity and encryption, if the path times them separately",
  ),
  send_us: maybe("uint32", "From there until the last packet was passed to the kernel"),
  queue_us: maybe("uint32", "From encoded until taken by the sender"),
  gap_us: maybe("uint32", "Time until sent that belongs to no stage and no queue"),
  cpu_wait_us: maybe(
    "uint32",
    "Time from capture until encoded in which the encode thread waited for a core",
  ),
  source_age_us: maybe("uint32", "Age of the picture when it was captured"),
  bytes: maybe("uint32", "Media bytes"),
  packets: maybe("uint16", "Data datagrams"),
  parity: maybe("uint16", "Parity datagrams"),
  quantiser: maybe(
    "uint16",
    "The encoder’s quantiser, mean over the picture: 0 is the finest; the coarsest is 51 for H.264 and HEVC, 63 for AV1",
  ),
  quality: maybe(
    "uint16",
    "From the quantiser, in percent: 100 looks like the source, 0 is the coarsest",
  ),
  lost_packets: maybe("uint16", "Lost datagrams, as the player reports for this frame"),
  rebuilt: maybe("uint16", "Repaired with parity, as the player reports for this frame"),
  complete_us: maybe("uint32", "From due until complete at the player"),
  decode_us: maybe("uint32", "From due until decoded"),
  shown_us: maybe("uint32", "From due until displayed"),
  lost_head: maybe(
    "uint16",
    "Those of lost_packets before the first one received, as a native player reports",
  ),
} as const satisfies Record<string, FrameColumn>;

/** A column of the table above. */
export type FrameColumnName = keyof typeof frameColumns;
export const frameColumnNames = Object.keys(frameColumns) as FrameColumnName[];

/**
 * Rows as columns, for analysis: `columns[name][i]` belongs to row i. Absent is NaN, a fate is its
 * index in `frameFates`, a flag is 0 or 1. Rows of one session are ordered by `frame`.
 */
export type FrameTable = {
  readonly count: number;
  readonly columns: Readonly<Record<FrameColumnName, Float64Array>>;
};
