/**
 * Waits for a condition that something else brings about; fails with what was waited for. The deadline only says
 * so before the runner ends the test: a machine that is busy may take as long as it wants.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  { what, deadlineMs = 25_000 }: { what: string; deadlineMs?: number },
): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const asked = condition();
    if (await asked) return;
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    // What asks another process costs it more than a look.
    await Bun.sleep(typeof asked === "boolean" ? 5 : 50);
  }
}
