/** A real X server of the test's own and a client that paints its background. */
import { connect, type Socket } from "node:net";
import { command } from "./programs.ts";

export type TestScreen = AsyncDisposable & {
  readonly display: string;
  /** Fills the screen with a colour, `0xrrggbb`. */
  paint(color: number): void;
  /** Stops the server, which then answers nothing, until it is thawed. */
  freeze(): void;
  /** Not beyond the size at the start. */
  resize(size: { width: number; height: number }): Promise<void>;
  thaw(): void;
  /** Ends the server. */
  kill(): Promise<void>;
};

export async function startScreen(
  size: { width: number; height: number },
  depth = 24,
  flags: readonly string[] = [],
): Promise<TestScreen> {
  const screen = `${size.width}x${size.height}x${depth}`;
  // With "-displayfd" the server takes a display number that is free, and prints it once it listens.
  const line = ["Xvfb", "-displayfd", "1", "-screen", "0", screen, "-noreset", "-nolisten", "tcp"];
  const server = Bun.spawn([...line, ...flags], { stdout: "pipe", stderr: "ignore" });
  const display = await firstLine(server.stdout);
  const socket = connect(`/tmp/.X11-unix/X${display}`);
  const root = await rootWindow(socket);
  const kill = async () => {
    socket.destroy();
    server.kill("SIGCONT");
    server.kill();
    await server.exited;
  };
  const paint = (color: number) => void socket.write(fillRequests(root, color));
  return {
    display: `:${display}`,
    paint,
    freeze: () => server.kill("SIGSTOP"),
    resize: async ({ width, height }) => {
      await command(
        "xrandr",
        "-d",
        `:${display}`,
        "--output",
        "screen",
        "--off",
        "--fb",
        `${width}x${height}`,
      );
    },
    thaw: () => server.kill("SIGCONT"),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of output) {
    text += Buffer.from(chunk).toString();
    if (text.includes("\n")) return text.trim();
  }
  throw new Error("Cannot start Xvfb: it printed no display");
}

/** Connection setup of the X protocol (version 11, little-endian, no authorization). */
function rootWindow(socket: Socket): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let reply: Buffer = Buffer.alloc(0);
  socket.on("error", reject);
  socket.on("data", (chunk: Buffer) => {
    reply = Buffer.concat([reply, chunk]);
    const isWhole = reply.length >= 8 && reply.length >= 8 + reply.readUInt16LE(6) * 4;
    if (isWhole && reply[0] === 1) resolve(reply.readUInt32LE(firstScreenOffset(reply)));
    else if (isWhole && reply[0] === 0) reject(new Error("The X server refused"));
  });
  socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  return promise;
}

/** Behind the fixed 40 bytes come the vendor's name, padded to 4, and 8 bytes a pixmap format. */
function firstScreenOffset(reply: Buffer): number {
  return 40 + Math.ceil(reply.readUInt16LE(24) / 4) * 4 + reply.readUInt8(29) * 8;
}

/** ChangeWindowAttributes with a background pixel, then ClearArea of the whole window. */
function fillRequests(root: number, color: number): Buffer {
  const requests = Buffer.alloc(32);
  new Uint32Array(requests.buffer, requests.byteOffset, 8).set([
    0x0004_0002,
    root,
    0x0000_0002,
    color,
    0x0004_003d,
    root,
    0,
    0,
  ]);
  return requests;
}
