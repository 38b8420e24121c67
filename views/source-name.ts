/** A source's name in the console; players get the names of `sourceTitle`, in English. */

import { readSourceName, sourceTitle } from "../src/model/source.ts";
import type { Reader } from "./format.ts";

/** A short name for people; it contains what distinguishes it from others of its kind. */
export function sourceName({ messages }: Reader, name: string): string {
  const { sourceNames: words } = messages.watch;
  const source = readSourceName(name);
  switch (source?.kind) {
    case "testsrc":
      return words.testPicture;
    case "kms":
      return `${words.screen} ${source.card}`.trimEnd();
    case "color":
      return `${words.color} #${source.rgb}`;
    default:
      return sourceTitle(name);
  }
}
