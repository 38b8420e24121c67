/** An X server without a screen, and a window all over it that tells what happens to it. */
import { until } from "./gamestream-client/until.ts";

export type XScreen = AsyncDisposable & {
  /** `:<number>`. */
  readonly name: string;
  /** Waits until the window has told something that holds this. */
  sees(text: string | RegExp): Promise<void>;
};

export async function openScreen(): Promise<XScreen> {
  const server = Bun.spawn(
    ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"],
    { stdout: "pipe", stderr: "ignore" },
  );
  const { value } = await server.stdout.getReader().read();
  const name = `:${Buffer.from(value ?? [])
    .toString()
    .trim()}`;
  const window = Bun.spawn(["xev", "-geometry", "640x480+0+0"], {
    env: { ...process.env, DISPLAY: name },
    stdout: "pipe",
    stderr: "ignore",
  });
  let told = "";
  void (async () => {
    for await (const piece of window.stdout) told += Buffer.from(piece).toString();
  })();
  const has = (text: string | RegExp) =>
    typeof text === "string" ? told.includes(text) : text.test(told);
  const sees = (text: string | RegExp) => until(`the window tells ${text}`, () => has(text));
  await sees("MapNotify");
  return {
    name,
    sees,
    [Symbol.asyncDispose]: async () => {
      window.kill();
      server.kill();
      await server.exited;
    },
  };
}
