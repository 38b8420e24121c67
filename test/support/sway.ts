/** A real Wayland desktop of the test's own, without a screen; it refuses to run as root, so it does not. */
import { chown, mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./programs.ts";

export type TestDesktop = AsyncDisposable & {
  /** Where its sockets are; removed with it. */
  readonly directory: string;
  /** The compositor's socket. */
  readonly path: string;
  /** What a client needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** A command of swaymsg, such as `output HEADLESS-1 mode 640x360@60Hz`. */
  message(...words: string[]): Promise<string>;
  /** One pixel of the screen as another program sees it, `[red, green, blue]`. */
  pixel(x: number, y: number): Promise<readonly number[]>;
  /** It answers nothing until it is resumed. */
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
};

const nobody = 65_534;

/** @param directory of one that was killed, to come back in its place. */
export async function startDesktop(
  size: { width: number; height: number },
  directory = join(tmpdir(), `desktop-${crypto.randomUUID().slice(0, 8)}`),
): Promise<TestDesktop> {
  await mkdir(directory, { mode: 0o700, recursive: true });
  await chown(directory, nobody, nobody);
  const output = `output HEADLESS-1 mode ${size.width}x${size.height}@60Hz position 0 0`;
  const config = `${output} bg #203040 solid_color\ndefault_border none\nxwayland disable\n`;
  await Bun.write(join(directory, "config"), config);
  const path = join(directory, "wayland-1");
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: directory,
    XDG_RUNTIME_DIR: directory,
    WLR_BACKENDS: "headless",
    WLR_RENDERER: "pixman",
    WLR_LIBINPUT_NO_DEVICES: "1",
  };
  const user = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  const server = Bun.spawn([...user, "sway", "-c", join(directory, "config")], {
    env,
    stdout: "ignore",
    stderr: "ignore",
  });
  const client = { ...env, WAYLAND_DISPLAY: "wayland-1" };
  const kill = async () => {
    // One that is paused ends only once it runs again.
    server.kill("SIGCONT");
    server.kill();
    await server.exited;
    for (const name of await readdir(directory)) {
      if (name.startsWith("sway-ipc") || name.startsWith("wayland-"))
        await rm(join(directory, name));
    }
  };
  const socket = await ipcSocket(directory, server);
  const message = (...words: string[]) =>
    command("env", `SWAYSOCK=${socket}`, "swaymsg", "-s", socket, words.join(" "));
  return {
    directory,
    path,
    env: client,
    message,
    pixel: (x, y) => readPixel(client, x, y),
    pause: () => server.kill("SIGSTOP"),
    resume: () => server.kill("SIGCONT"),
    kill,
    [Symbol.asyncDispose]: async () => {
      if (server.exitCode === null && server.signalCode === null) await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Once it is there the desktop takes commands. */
async function ipcSocket(directory: string, server: { exitCode: number | null }): Promise<string> {
  const end = Date.now() + 20_000;
  while (Date.now() < end && server.exitCode === null) {
    const names = await readdir(directory);
    const socket = names.find((name) => name.startsWith("sway-ipc"));
    if (socket !== undefined && names.includes("wayland-1")) return join(directory, socket);
    await Bun.sleep(20);
  }
  throw new Error("Cannot start sway: it offers no socket");
}

async function readPixel(env: Record<string, string>, x: number, y: number) {
  const shot = Bun.spawn(["grim", "-t", "ppm", "-g", `${x},${y} 1x1`, "-"], {
    env,
    stdout: "pipe",
    stderr: "ignore",
  });
  const bytes = new Uint8Array(await new Response(shot.stdout).arrayBuffer());
  return [...bytes.slice(-3)];
}
