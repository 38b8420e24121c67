/**
 * Files that hold a secret for onglass: they are used only if nobody but their owner can read them.
 */
import { statIfAny } from "./read-file.ts";

const forbidden = {
  read: { bits: 0o077, text: "others may read it" },
  change: { bits: 0o022, text: "others may change it" },
} as const;

/**
 * What is wrong with the mode of a file that holds a secret, or, with `change`, an address that one is sent
 * to; `undefined` where others cannot do that, and where nothing is there.
 * @throws Failure `storage_unreadable` when the disk does not answer
 */
export async function opennessOf(
  path: string,
  toDo: keyof typeof forbidden = "read",
): Promise<string | undefined> {
  const { bits, text } = forbidden[toDo];
  const stats = await statIfAny(path);
  if (stats === undefined || (stats.mode & bits) === 0) return undefined;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
  return `${text} (mode ${mode}); chmod 600 closes it`;
}
