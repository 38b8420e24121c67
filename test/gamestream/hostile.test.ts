/** Hostile bytes at the parsers and at every socket, while somebody plays. */
import { expect, test } from "bun:test";
import { mutate, runGamestreamFuzz } from "../fuzz/gamestream.ts";
import { startTestHost } from "../support/gamestream-client/host.ts";
import { announceBody, Player } from "../support/gamestream-client/player.ts";
import { randomFrom } from "../support/gamestream-client/random.ts";
import { until } from "../support/gamestream-client/until.ts";

const parserRounds = 20_000;
const socketRounds = 300;
const grownBytesMax = 24 * 1024 * 1024;

function seedOf(): number {
  const seed = Math.floor(Math.random() * 2 ** 32);
  process.stdout.write(`hostile bytes from seed ${seed}\n`);
  return seed;
}

test("no parser is brought down or made to hold on to memory", () => {
  expect(runGamestreamFuzz(parserRounds, seedOf())).toBeLessThan(grownBytesMax);
}, 30_000);

test("hostile bytes at all ports neither end a session nor the host", async () => {
  await using host = await startTestHost();
  const http = await host.pairedPlayer("player");
  using player = await Player.play({ basePort: host.basePort, http });
  const random = randomFrom(seedOf());
  await until("the picture runs", () => player.frames.length > 10);
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { error: () => undefined } });
  const body = announceBody({});
  const length = `Content-length: ${body.length}`;
  const texts = [
    "GET /serverinfo?uniqueid=0&uuid=1 HTTP/1.1\r\nHost: x\r\n\r\n",
    `GET /pair?phrase=getservercert&salt=${"00".repeat(16)}&clientcert=00 HTTP/1.1\r\n\r\n`,
    `ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 1\r\n${length}\r\n\r\n${body}`,
  ].map((text) => Buffer.from(text));
  const enet = Buffer.alloc(60, 1);
  enet.writeUInt16BE(0x8fff, 0);
  enet[4] = 0x82;
  for (let round = 0; round < socketRounds; round++) {
    for (const port of [9, 10, 11]) {
      socket.send(mutate(enet, random), host.basePort + port, "127.0.0.1");
    }
    const text = texts[round % texts.length] ?? enet;
    const port = host.basePort + ([0, -5, 21][round % 3] ?? 0);
    await throwAt(port, mutate(text, random));
  }
  socket.close();
  const before = player.frames.length;
  await until("the picture goes on", () => player.frames.length > before + 30);
  expect(player.terminated).toBeUndefined();
  expect(host.host.sessions()).toHaveLength(1);
  expect(host.events.some(({ kind }) => kind === "failed")).toBe(false);
}, 60_000);

/** Sends and hangs up. A host that hangs up first, even before we have begun, does well too. */
async function throwAt(port: number, bytes: Uint8Array): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const connecting = Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => {
        socket.write(bytes);
        socket.end();
      },
      data: () => undefined,
      close: () => closed.resolve(),
      error: () => undefined,
    },
  });
  try {
    await connecting;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ECONNRESET") return;
    throw cause;
  }
  await closed.promise;
}
