/** What a stream of the proof shows: the test picture, a film, a program on a screen of its own. */
import { join } from "node:path";
import { endProcess, type Process, type Setup } from "./setup.ts";

/** Where the host takes pictures from, and what can be stopped of it. */
export type Picture = AsyncDisposable & {
  readonly source: string;
  /** The program that draws, and the screen that it draws on. */
  readonly program?: Process;
  readonly screen?: Process;
};

export async function openPicture(setup: Setup, directory: string): Promise<Picture> {
  switch (setup.picture) {
    case "testsrc":
      return { source: "testsrc", [Symbol.asyncDispose]: () => Promise.resolve() };
    case "film":
      return await openFilm(setup, directory);
    case "screen":
      return await openScreen(setup);
    default:
      return setup.picture satisfies never;
  }
}

async function openFilm({ width, height, pictureFps = 24 }: Setup, directory: string) {
  const path = join(directory, "film.mp4");
  const size = `testsrc2=size=${width}x${height}:rate=${pictureFps}:duration=30`;
  const encode = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
  const child = Bun.spawn(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", size, ...encode, path]);
  if ((await child.exited) !== 0) throw new Error("Cannot make the film");
  return { source: `file:${path}`, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function openScreen({ width, height, pictureFps = 60 }: Setup): Promise<Picture> {
  const screen = Bun.spawn(
    ["Xvfb", "-displayfd", "1", "-screen", "0", `${width}x${height}x24`, "-nolisten", "tcp"],
    { stdin: "ignore", stdout: "pipe", stderr: "ignore" },
  );
  const { value } = await screen.stdout.getReader().read();
  const display = Buffer.from(value ?? [])
    .toString()
    .trim();
  const script = join(import.meta.dir, "../../support/x-painter-process.ts");
  const program = Bun.spawn([process.execPath, script, display, `${pictureFps}`], {
    ...{ stdin: "ignore", stdout: "ignore", stderr: "inherit" },
  });
  return {
    source: `x11::${display}`,
    program,
    screen,
    [Symbol.asyncDispose]: async () => {
      await endProcess(program);
      await endProcess(screen);
    },
  };
}
