/** Lines of pictures: which of them differ. */

/** Lines of a picture, the last of them not included. */
export type LineRange = { readonly from: number; readonly end: number };

/** Lines that are compared and converted together. */
export const bandLines = 16;

/** Where two pictures of the same shape differ, by bands of lines. @param stride bytes from one line to the next */
export function changedLines(before: Uint8Array, now: Uint8Array, stride: number): LineRange[] {
  const changed: LineRange[] = [];
  const bandBytes = bandLines * stride;
  for (let start = 0; start < now.length; start += bandBytes) {
    const end = Math.min(now.length, start + bandBytes);
    if (Buffer.compare(before.subarray(start, end), now.subarray(start, end)) === 0) continue;
    const from = start / stride;
    changed.push({ from, end: from + bandLines });
  }
  return changed;
}
