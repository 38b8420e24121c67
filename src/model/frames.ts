/**
 * One row for each slot of a stream's grid: what became of it and where its time went. A slot in
 * which no frame was made is a row too. The columns are the same in memory, in the history, in
 * Parquet and on the wire; a time that a path cannot know is absent, never 0.
 */

/** What became of a slot. Only ever added to at the end: files hold the index. */
export const frameFates = ["sent", "missed", "dropped", "refused", "lost", "skipped"] as const;
/**
 * `sent` handed over whole; `missed` no frame was made; `dropped` made, never sent; `refused` the
 * kernel did not take all of it; `lost` the player could not complete it; `skipped` the viewer was
 * too slow.
 */
export type FrameFate = (typeof frameFates)[number];

type ColumnType = "uint32" | "int64" | "uint16" | "bool" | "fate";

/** How a column is stored, whether it may be absent, and what it says. */
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
  session_id: always("uint32", "Whose"),
  frame: always("uint32", "The slot's number, growing by one"),
  due_us: always("int64", "When the slot was due, µs since the capture or the history began"),
  fate: always("fate", "What became of the slot"),
  repeat: always("bool", "Nothing new at the source; the last picture was encoded again"),
  key: always("bool", "Begins a group"),
  wait_us: always("uint32", "Capture began minus due: late before anything began"),
  capture_us: maybe(
    "uint32",
    "Asking the source until a picture in the encoder's format was there",
  ),
  submit_us: maybe("uint32", "From there until the encoder began on it"),
  encode_us: maybe("uint32", "Until its packet was out"),
  packetize_us: maybe("uint32", "Building, protecting and sealing, where the path times it apart"),
  send_us: maybe("uint32", "Until the last packet was handed to the kernel"),
  queue_us: maybe("uint32", "Encoded until taken by the sender"),
  gap_us: maybe("uint32", "Until handed over, in no stage and no queue: time nobody accounts for"),
  cpu_wait_us: maybe(
    "uint32",
    "The encode thread could have run and did not, capture until encoded",
  ),
  source_age_us: maybe("uint32", "How old the picture was when it was taken"),
  bytes: maybe("uint32", "Media bytes"),
  packets: maybe("uint16", "Data datagrams"),
  parity: maybe("uint16", "Parity datagrams"),
  quantiser: maybe(
    "uint16",
    "Of the encoder, mean of the picture: 0 the finest, 51 the coarsest of H.264 and HEVC, 63 of AV1",
  ),
  quality: maybe("uint16", "From the quantiser, percent: 100 as the source, 0 the coarsest"),
  lost_packets: maybe("uint16", "As the player reports for this frame"),
  rebuilt: maybe("uint16", "Rebuilt from parity, as the player reports for this frame"),
  complete_us: maybe("uint32", "Due until the player had it whole"),
  decode_us: maybe("uint32", "Due until decoded"),
  shown_us: maybe("uint32", "Due until shown"),
  lost_head: maybe(
    "uint16",
    "Of lost_packets those before the first packet that came, as a native player reports",
  ),
} as const satisfies Record<string, FrameColumn>;

/** A column of the table above. */
export type FrameColumnName = keyof typeof frameColumns;
export const frameColumnNames = Object.keys(frameColumns) as FrameColumnName[];

/**
 * Rows as columns, for analysis: `columns[name][i]` belongs to row i. Absent is NaN, a fate is its
 * index in `frameFates`, a flag is 0 or 1. Rows of one session grow by `frame`.
 */
export type FrameTable = {
  readonly count: number;
  readonly columns: Readonly<Record<FrameColumnName, Float64Array>>;
};
