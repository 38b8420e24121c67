/** What a page remembers in this browser; where a browser allows no storage, nothing. */

/** `undefined` for what was never remembered. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Until the browser forgets it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser may allow no storage: it is forgotten then.
  }
}
