/** A program on a Wayland desktop of the test's own, that sees what a player does. */
import { resolve } from "node:path";
import { until } from "./until.ts";

export type SeatListener = AsyncDisposable & {
  /** All that its seat has reported, in order. */
  readonly lines: readonly string[];
  /** What has been typed so far. */
  typed(): string;
  /** Resolves once such a line has come after the first `from` ones. */
  sees(line: string | RegExp, from?: number): Promise<void>;
};

/** @param path the compositor's socket. Resolves when its window is there. */
export async function startSeatListener(path: string): Promise<SeatListener> {
  const lines: string[] = [];
  const program = resolve("test/support/seat-listener-process.ts");
  const listener = Bun.spawn([process.execPath, program, path], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const reading = (async () => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of listener.stdout) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
    }
  })();
  const sees = (line: string | RegExp, from = 0) =>
    until(
      () =>
        lines
          .slice(from)
          .some((each) => (typeof line === "string" ? each === line : line.test(each))),
      { what: `the program sees ${line}` },
    ).catch((cause: unknown) => {
      throw new Error(`it has seen ${lines.join(" | ")}`, { cause });
    });
  await sees("ready");
  return {
    lines,
    typed: () =>
      lines
        .filter((line) => line.startsWith("typed "))
        .map((line) => String(JSON.parse(line.slice(6))))
        .join(""),
    sees,
    [Symbol.asyncDispose]: async () => {
      listener.kill();
      await listener.exited;
      await reading;
    },
  };
}
