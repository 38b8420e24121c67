/** Priorities for systemd's journal: a mark at the begin of a line, where stderr leads there. */
import { fstatSync } from "node:fs";

/** Of syslog. */
const priorities = { error: 3, warn: 4, info: 6 } as const;

/** How much a line matters. */
export type LinePriority = keyof typeof priorities;

/**
 * Makes the marks of lines: empty where stderr is not the journal's, as with a log that was redirected.
 * @param journalStream what systemd says in `JOURNAL_STREAM`: device and inode of the journal's stream
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
