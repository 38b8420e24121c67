/** An X server without a screen, and a window all over it that prints what happens to it. */
import { readSetup, writeSetup } from "../../src/x11/wire.ts";
import { until } from "./until.ts";

export type XScreen = AsyncDisposable & {
  /** `:<number>`. */
  readonly name: string;
  /** Waits until the window has printed something that holds this. */
  sees(text: string | RegExp): Promise<void>;
  /** What the keys pressed so far have typed, as X names it. */
  typed(): string[];
  /** Gives the keyboard a layout of this name. */
  useLayout(...args: readonly string[]): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** How many keys have no symbol. */
  spareKeyCount(): Promise<number>;
  /** What the server says is down now. */
  held(): Promise<Held>;
  holds(isSo: (held: Held) => boolean): Promise<void>;
  /** The server stands still until `resume`. */
  pause(): void;
  resume(): void;
};

export type Held = {
  readonly keycodes: readonly number[];
  readonly hasButton: boolean;
  /** Of the pointer: x and y. */
  readonly place: readonly number[];
};

export async function openScreen(depth = 24): Promise<XScreen> {
  const screen = `640x480x${depth}`;
  const server = Bun.spawn(
    ["Xvfb", "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp"],
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
  const sees = (text: string | RegExp) =>
    until(() => has(text), { what: `the window prints ${text}` });
  await sees("MapNotify");
  const held = () => heldOn(name);
  const run = async (...command: string[]) => {
    const program = Bun.spawn(command, { env: { ...process.env, DISPLAY: name }, stdout: "pipe" });
    const text = await new Response(program.stdout).text();
    if ((await program.exited) !== 0) throw new Error(`"${command.join(" ")}" failed`);
    return text;
  };
  return {
    name,
    sees,
    typed: () => typedIn(told),
    useLayout: async (...args) => void (await run("setxkbmap", ...args)),
    resize: async (width, height) =>
      void (await run("xrandr", "--output", "screen", "--off", "--fb", `${width}x${height}`)),
    spareKeyCount: async () => (await run("xmodmap", "-pke")).match(/= *$/gm)?.length ?? 0,
    held,
    holds: (isSo) =>
      until(async () => isSo(await held()), { what: "keys and buttons are as expected" }),
    pause: () => server.kill("SIGSTOP"),
    resume: () => server.kill("SIGCONT"),
    [Symbol.asyncDispose]: async () => {
      window.kill();
      server.kill("SIGCONT");
      server.kill();
      await server.exited;
    },
  };
}

/** The symbols of key presses, in order. */
function typedIn(told: string): string[] {
  const presses = told.split(/^(?=\w+ event)/m).filter((event) => event.startsWith("KeyPress"));
  return presses.flatMap((event) => /keysym 0x[0-9a-f]+, ([^)]*)\)/.exec(event)?.slice(1) ?? []);
}

const queryKeymap = Buffer.from([44, 0, 1, 0]);

/** Asks for keymap and pointer in a connection of its own. */
async function heldOn(name: string): Promise<Held> {
  let bytes = Buffer.alloc(0);
  const socket = await Bun.connect({
    unix: `/tmp/.X11-unix/X${name.slice(1)}`,
    socket: {
      data: (_socket, piece) => {
        bytes = Buffer.concat([bytes, piece]);
      },
    },
  });
  socket.write(writeSetup({ name: "", data: Buffer.alloc(0) }));
  await until(() => bytes.length >= 8, { what: "the server answers" });
  const setupLength = 8 + 4 * bytes.readUInt16LE(6);
  await until(() => bytes.length >= setupLength, { what: "the whole setup is there" });
  const queryPointer = Buffer.from([38, 0, 2, 0, 0, 0, 0, 0]);
  queryPointer.writeUInt32LE(readSetup(bytes)?.root ?? 0, 4);
  socket.write(Buffer.concat([queryKeymap, queryPointer]));
  await until(() => bytes.length >= setupLength + 40 + 32, {
    what: "keymap and pointer are reported",
  });
  socket.end();
  const keymap = bytes.subarray(setupLength + 8, setupLength + 40);
  const keycodes = Array.from({ length: 256 }, (_, keycode) => keycode).filter(
    (keycode) => ((keymap[keycode >> 3] ?? 0) & (1 << (keycode & 7))) !== 0,
  );
  const pointer = bytes.subarray(setupLength + 40);
  const place = [pointer.readInt16LE(16), pointer.readInt16LE(18)];
  return { keycodes, hasButton: pointer.readUInt16LE(24) >> 8 !== 0, place };
}
