/**
 * A desktop's session of the test's own: its bus, its PipeWire, and programs that make pictures,
 * all in a folder of its own. Environment variables are set while it runs, because that is how a
 * host finds it.
 */
import { copyFile, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openSessionBus } from "../../src/dbus/session-bus.ts";
import { WaylandConnection } from "../../src/wayland/connection.ts";
import { until } from "./until.ts";

export type TestSession = AsyncDisposable & {
  /** The runtime folder, with the sockets. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Starts a program in the session; it ends with it. */
  start(line: readonly string[], env?: Readonly<Record<string, string>>): Bun.Subprocess;
  /** A program that was started elsewhere and is to end with the session. */
  own(program: Bun.Subprocess): void;
  stop(program: Bun.Subprocess): Promise<void>;
};

const names = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "DISPLAY"];

/** A bus, PipeWire and its session manager. */
export async function startSession(): Promise<TestSession> {
  const session = await startBus();
  session.start(["pipewire"]);
  await socketAt(join(session.directory, "pipewire-0"));
  session.start(["wireplumber"]);
  return session;
}

/** The bus alone. */
export async function startBus(): Promise<TestSession> {
  const directory = join(tmpdir(), `session-${crypto.randomUUID().slice(0, 8)}`);
  await mkdir(directory, { mode: 0o700 });
  const address = `unix:path=${join(directory, "bus")}`;
  const env = {
    PATH: `${process.env.PATH ?? ""}:/usr/libexec`,
    HOME: directory,
    XDG_RUNTIME_DIR: directory,
    DBUS_SESSION_BUS_ADDRESS: address,
    GSETTINGS_BACKEND: "memory",
  };
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  process.env.XDG_RUNTIME_DIR = directory;
  process.env.DBUS_SESSION_BUS_ADDRESS = address;
  const programs: Bun.Subprocess[] = [];
  const start: TestSession["start"] = (line, more = {}) => {
    const output = process.env.ONGLASS_TEST_OUTPUT === "1" ? "inherit" : "ignore";
    const options = { env: { ...env, ...more }, cwd: directory } as const;
    const program = Bun.spawn([...line], {
      ...options,
      stdin: "pipe",
      stdout: output,
      stderr: output,
    });
    programs.push(program);
    return program;
  };
  const stop = async (program: Bun.Subprocess) => {
    program.kill("SIGKILL");
    await program.exited;
  };
  start(["dbus-daemon", "--session", "--nofork", `--address=${address}`]);
  await socketAt(join(directory, "bus"));
  return {
    directory,
    env,
    start,
    own: (program) => void programs.push(program),
    stop,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(programs.toReversed().map(stop));
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      // A part of the portal mounts a folder of its own there, and may take a moment to go.
      await Bun.spawn(["umount", "-l", join(directory, "doc")], { stderr: "ignore" }).exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A node of PipeWire that gives pictures; what is written to its stdin changes it. */
export function startPainter(
  session: TestSession,
  { name, width, height, fps = 60 }: { name: string; width: number; height: number; fps?: number },
): Bun.Subprocess {
  const program = resolve("test/support/pipewire-painter-process.ts");
  return session.start([process.execPath, program, name, `${width}`, `${height}`, `${fps}`]);
}

/** Tells a painter to change: `size 640 480`, `turn 1`, `paint`. */
export function tell(painter: Bun.Subprocess, line: string): void {
  const { stdin } = painter;
  if (stdin === undefined || typeof stdin === "number") throw new Error("it takes no orders");
  stdin.write(`${line}\n`);
  void stdin.flush();
}

/** GNOME's compositor without a screen, with one monitor of this size. */
export async function startMutter(
  session: TestSession,
  size: { width: number; height: number },
): Promise<Bun.Subprocess> {
  const monitor = `${size.width}x${size.height}`;
  const line = ["mutter", "--headless", "--wayland", "--no-x11", "--virtual-monitor", monitor];
  const env = { LIBGL_ALWAYS_SOFTWARE: "1", XDG_CURRENT_DESKTOP: "GNOME" };
  const mutter = session.start([...line, "--wayland-display", "wayland-m"], env);
  await offered("org.gnome.Mutter.ScreenCast");
  return mutter;
}

/** KDE's compositor without a screen, which shows its ways to every program; its socket is `wayland-k`. */
export async function startKwin(
  session: TestSession,
  size: { width: number; height: number },
): Promise<Bun.Subprocess> {
  const screen = ["--virtual", "--width", `${size.width}`, "--height", `${size.height}`];
  const env = {
    LIBGL_ALWAYS_SOFTWARE: "1",
    KWIN_COMPOSE: "O2",
    KWIN_WAYLAND_NO_PERMISSION_CHECKS: "1",
    XDG_CURRENT_DESKTOP: "KDE",
  };
  // A copy has none of the capabilities of the file, which a container may not be able to give.
  const program = join(session.directory, "kwin_wayland");
  await copyFile(Bun.which("kwin_wayland") ?? "", program);
  const rest = ["--socket", "wayland-k", "--no-lockscreen", "--no-global-shortcuts"];
  const kwin = session.start([program, ...screen, ...rest], env);
  await answeredAt(join(session.directory, "wayland-k"));
  process.env.WAYLAND_DISPLAY = "wayland-k";
  return kwin;
}

/** The real portal, with a stand-in that answers for the person at the desktop. */
export async function startPortal(
  session: TestSession,
  { node, answer }: { node: string; answer: "yes" | "no" | "never" },
): Promise<Bun.Subprocess<"pipe", "pipe", "ignore">> {
  const folder = join(session.directory, "portals");
  const name = "org.freedesktop.impl.portal.desktop.fake";
  const interfaces =
    "Interfaces=org.freedesktop.impl.portal.ScreenCast;org.freedesktop.impl.portal.RemoteDesktop;";
  const text = `[portal]\nDBusName=${name}\n${interfaces}\nUseIn=sway\n`;
  await Bun.write(join(folder, "fake.portal"), text);
  const program = resolve("test/support/portal-backend-process.ts");
  const backend = Bun.spawn([process.execPath, program, node, answer], {
    env: session.env,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  });
  session.own(backend);
  await offered(name);
  const env = { XDG_DESKTOP_PORTAL_DIR: folder, XDG_CURRENT_DESKTOP: "sway" };
  session.start(["xdg-desktop-portal"], env);
  await offered("org.freedesktop.portal.Desktop");
  return backend;
}

/** Resolves once somebody owns the name on the session's bus. */
async function offered(name: string): Promise<void> {
  using bus = openSessionBus();
  const call = { destination: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
  const has = { ...call, interface: "org.freedesktop.DBus", member: "NameHasOwner" };
  const isOwned = () => bus.call({ ...has, signature: "s", body: [name] }).body[0] === true;
  await until(isOwned, { what: `${name} is on the bus` });
}

/** Resolves once a compositor answers there: one that starts listens long before. */
async function answeredAt(path: string): Promise<void> {
  await socketAt(path);
  for (let tries = 0; tries < 20; tries++) {
    const connection = await WaylandConnection.open(path).catch(() => undefined);
    connection?.close();
    if (connection !== undefined) return;
  }
  throw new Error(`Nothing answers at "${path}"`);
}

/** Resolves once a server listens there. */
export async function socketAt(path: string): Promise<void> {
  const listens = () =>
    Bun.connect({ unix: path, socket: { data: () => undefined } }).then(
      (socket) => {
        socket.end();
        return true;
      },
      () => false,
    );
  await until(listens, { what: `something listens at "${path}"` });
}
