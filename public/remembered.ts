/** What a page remembers in this browser; nothing where the browser allows no storage. */

/** `undefined` for values never stored. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Until the browser deletes it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser may allow no storage: then it is not remembered.
  }
}
