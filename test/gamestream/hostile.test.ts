/** Hostile bytes at the parsers and at every socket, while somebody plays. */
import { expect, test } from "bun:test";
import { runGamestreamFuzz } from "../fuzz/gamestream.ts";
import { stormGamestream } from "../fuzz/gamestream-sockets.ts";

const parserCount = 180_000;
const socketCount = 200;

function seedOf(): number {
  const seed = Math.floor(Math.random() * 2 ** 32);
  process.stdout.write(`hostile bytes from seed ${seed}\n`);
  return seed;
}

test("no parser is brought down or made to hold on to memory", () => {
  const { count } = runGamestreamFuzz({ seed: seedOf(), count: parserCount });
  expect(count).toBeGreaterThanOrEqual(parserCount);
}, 30_000);

test("hostile bytes at all ports neither end a session nor the host", async () => {
  const { datagramCount } = await stormGamestream({ seed: seedOf(), count: socketCount });
  expect(datagramCount).toBeGreaterThan(socketCount);
}, 60_000);
