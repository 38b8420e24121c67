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

/** Asks again until something listens there and answers well. */
export async function untilAnswered(
  ask: () => Promise<Response>,
  { deadlineMs = 30_000 } = {},
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while ((await ask().catch(() => undefined))?.ok !== true) {
    if (Date.now() > end) throw new Error("waited in vain for an answer");
    await Bun.sleep(1);
  }
}
