/** Waits for a condition that something else brings about, with a deadline. */
export async function until(
  condition: () => boolean,
  options: { what: string; deadlineMs?: number },
): Promise<void> {
  const end = Date.now() + (options.deadlineMs ?? 15_000);
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${options.what}`);
    await Bun.sleep(5);
  }
}
