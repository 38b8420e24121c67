/** Priorities for systemd's journal: a prefix of each line if stderr is connected to it. */
import { fstatSync } from "node:fs";

/** Of syslog. */
const priorities = { error: 3, warn: 4, info: 6 } as const;

/** The severity of a line. */
export type LinePriority = keyof typeof priorities;

/**
 * Makes the prefixes of lines: empty if stderr is not the journal's, as with a redirected log.
 * @param journalStream the value of `JOURNAL_STREAM`: device and inode of the journal's stream
 */
export function journalMarks(
  journalStream: string | undefined,
  descriptor = 2,
): (priority: LinePriority) => string {
  const isJournal = journalStream !== undefined && journalStream === identityOf(descriptor);
  return (priority) => (isJournal ? `<${priorities[priority]}>` : "");
}

function identityOf(descriptor: number): string {
  try {
    const { dev, ino } = fstatSync(descriptor);
    return `${dev}:${ino}`;
  } catch {
    // It is closed.
    return "";
  }
}
