/** Files that hold a secret for onglass: they are used only where their owner alone can read them. */
import { statIfAny } from "./read-file.ts";

const othersMayRead = 0o077;

/**
 * What is wrong with the mode of a file that holds a secret; `undefined` where its owner alone can read it,
 * and where nothing is there.
 * @throws Failure `storage_unreadable` when the disk does not answer
 */
export async function opennessOf(path: string): Promise<string | undefined> {
  const stats = await statIfAny(path);
  if (stats === undefined || (stats.mode & othersMayRead) === 0) return undefined;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
  return `others may read it (mode ${mode}); chmod 600 closes it`;
}
