/** When each picture of an H.264 stream was whole at its reader, and the picture itself. */
import { systemClock } from "../../src/base/clock.ts";

export type PictureTimes = { readonly stream: Uint8Array; readonly arrivedUs: readonly number[] };

const sliceTypes = [1, 5];

/** Reads to the end; `onChunk` is called with how often something came. */
export async function readPictures(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
  onChunk: (count: number) => void,
): Promise<PictureTimes> {
  const clock = systemClock();
  const chunks: { bytes: Uint8Array; endOffset: number; atUs: number }[] = [];
  let byteCount = 0;
  for await (const bytes of output) {
    byteCount += bytes.length;
    chunks.push({ bytes, endOffset: byteCount, atUs: clock.nowUs() });
    onChunk(chunks.length);
  }
  const stream = Buffer.concat(chunks.map(({ bytes }) => bytes));
  // A picture is whole when its last byte came: the one before the next picture's first.
  const ends = [...pictureStarts(stream).slice(1), stream.length];
  let chunk = 0;
  const arrivedUs = ends.map((end) => {
    while ((chunks[chunk]?.endOffset ?? Number.POSITIVE_INFINITY) < end) chunk += 1;
    return chunks[chunk]?.atUs ?? Number.NaN;
  });
  return { stream, arrivedUs };
}

/** Offset of the first byte of each picture: of its parameter sets or of its first slice. */
function pictureStarts(stream: Uint8Array): number[] {
  const starts: number[] = [];
  let lead: number | undefined;
  for (const { start, header } of units(stream)) {
    const type = (stream[header] ?? 0) & 31;
    lead ??= start;
    if (!sliceTypes.includes(type)) continue;
    // A slice header begins with the number of its first macroblock: 0 is the single bit 1.
    if (((stream[header + 1] ?? 0) & 0x80) !== 0) starts.push(lead);
    lead = undefined;
  }
  return starts;
}

/** Annex B: each unit follows 0 0 1, mostly with one more 0 before it. */
function* units(stream: Uint8Array): Generator<{ start: number; header: number }> {
  for (let at = 0; at + 3 < stream.length; at++) {
    if (stream[at] !== 0 || stream[at + 1] !== 0 || stream[at + 2] !== 1) continue;
    const start = at > 0 && stream[at - 1] === 0 ? at - 1 : at;
    yield { start, header: at + 3 };
  }
}
