/** Stretches of time in a sentence. */
import type { Unread } from "../src/model/unread.ts";
import type { Format } from "./format.ts";

/** Number of listed stretches; a failing disk has many. */
const namedCountMax = 5;

/** `1:00 – 2:00, 3:10 – 3:11` */
export function stretchesText(format: Format, stretches: Unread): string {
  const named = stretches.slice(0, namedCountMax).map(({ from_ms, to_ms }) => {
    return `${format.duration(from_ms)} – ${format.duration(to_ms)}`;
  });
  const more = stretches.length > namedCountMax ? ["…"] : [];
  return [...named, ...more].join(", ");
}
