/** Waiting inside the emulated machine, where nothing has the speed of the real one. */

/** The first value that is neither `undefined` nor false, or `undefined` when none came in time. */
export async function seesWithin<T>(ms: number, look: () => T | undefined): Promise<T | undefined> {
  const endMs = performance.now() + ms;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > endMs) return undefined;
    await Bun.sleep(5);
  }
}
