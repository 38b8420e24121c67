/**
 * A real host whose GameStream ports are talked to by anybody: bent requests over HTTP, TLS
 * (with no certificate, a stranger's and a paired player's) and RTSP, bent datagrams at the control
 * and media ports, and what a player that plays says itself. Nobody may end its session.
 */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Identity, loadPlayerIdentity } from "../../src/base/identity.ts";
import { appIdOf } from "../../src/gamestream/http/apps.ts";
import { freeBasePort } from "../support/gamestream-client/host.ts";
import { HttpClient } from "../support/gamestream-client/http-client.ts";
import { announceBody, Player } from "../support/gamestream-client/player.ts";
import { residentMbOf } from "../support/measure.ts";
import { Random } from "../support/random.ts";
import { type RunningHost, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

export type Stormed = {
  readonly connectionCount: number;
  readonly datagramCount: number;
  readonly grownMb: number;
  readonly grownFdCount: number;
};

const grownMbMax = 60;
const grownFdCountMax = 16;
/** A launch pends for ten seconds; it is made again well before. */
const launchEvery = 40;
const datagramsPerRound = 3;
const closeMsMax = 15_000;

type Field = {
  readonly host: RunningHost;
  readonly basePort: number;
  readonly random: Random;
  /** Nobody, somebody unknown, somebody who is paired and does not play. */
  readonly identities: readonly (Identity | undefined)[];
  readonly player: HttpClient;
  readonly seeds: ReturnType<typeof seedsFor>;
};

/**
 * @param count connections, a quarter of them to RTSP while a launch pends, the rest to all ports
 *   while somebody plays.
 * @throws Error when the host dies, ends the session, or keeps descriptors or memory.
 */
export async function stormGamestream(run: { seed: number; count: number }): Promise<Stormed> {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await tempDirectory());
  const basePort = await freeBasePort();
  const flags = ["--gamestream-port", `${basePort}`];
  const host = parts.use(await startRunningHost(join(directory.path, "data"), { flags }));
  const known = async (name: string) => await loadPlayerIdentity(join(directory.path, name));
  const [player, idle] = [await known("player"), await known("idle")];
  for (const identity of [player, idle]) await pair(host, new HttpClient(basePort, identity));
  const field: Field = {
    host,
    basePort,
    random: new Random(run.seed),
    identities: [undefined, await known("stranger"), idle],
    player: new HttpClient(basePort, player),
    seeds: seedsFor(player),
  };
  const rtspCount = Math.ceil(run.count / 4);
  await stormRtsp(field, rtspCount);
  return { ...(await stormPlaying(field, run.count - rtspCount)), connectionCount: run.count };
}

/** Launches pend, and nobody plays. */
async function stormRtsp({ basePort, player, random, seeds, host }: Field, count: number) {
  for (let round = 0; round < count; round++) {
    if (round % launchEvery === 0) await launch(player, round);
    await throwAt({ port: basePort + 21 }, random.bend(seeds.rtsp));
  }
  // One of them may have been good enough for a session, which nobody takes up.
  await player.secure("/cancel");
  await until(async () => (await sessions(host)).length === 0, {
    what: "no session is left",
    deadlineMs: closeMsMax,
  });
}

/** @param number a key seals one launch: each has its own */
async function launch(player: HttpClient, number: number): Promise<void> {
  const key = Buffer.alloc(16, 3);
  key.writeUInt32LE(number);
  const rikey = key.toString("hex");
  const answer = await player.secure("/launch", {
    appid: `${appIdOf("Test picture")}`,
    rikey,
    rikeyid: "7",
    corever: "0",
  });
  if (answer.value("gamesession") !== "1") throw new Error(`No launch: ${answer.text}`);
}

async function stormPlaying(field: Field, count: number) {
  const { host, basePort, player: http } = field;
  const player = await Player.play({ basePort, http, width: 320, height: 180 });
  using _player = player;
  await until(() => player.frames.length > 10, { what: "the picture runs" });
  const id = (await sessions(host))[0]?.session_id;
  // The first tenth makes what stays: code, pools, buffers.
  const warmCount = Math.ceil(count / 10);
  let datagramCount = await storm(field, { player, count: warmCount });
  const before = { mb: residentMbOf(host.pid), fdCount: fdCountOf(host.pid) };
  datagramCount += await storm(field, { player, count: count - warmCount });
  const from = player.video.arrivedCount;
  await until(() => player.video.arrivedCount > from + 60, { what: "the picture continues" });
  if (player.terminated !== undefined) throw new Error(`The session ended: ${host.said()}`);
  const left = (await sessions(host)).map(({ session_id }) => session_id);
  if (left.length !== 1 || left[0] !== id) throw new Error(`Session ${id} became ${left}`);
  const grownMb = residentMbOf(host.pid) - before.mb;
  const grownFdCount = fdCountOf(host.pid) - before.fdCount;
  if (grownMb > grownMbMax) throw new Error(`The host kept ${grownMb.toFixed(0)} MB`);
  if (grownFdCount > grownFdCountMax) throw new Error(`The host kept ${grownFdCount} descriptors`);
  return { datagramCount, grownMb, grownFdCount };
}

/** Gives how many datagrams were sent; each round has one connection. */
async function storm(field: Field, run: { player: Player; count: number }): Promise<number> {
  const { basePort, random, seeds, identities } = field;
  const socket = await Bun.udpSocket({ hostname: "127.0.0.1", socket: { error: () => undefined } });
  let datagramCount = 0;
  for (let round = 0; round < run.count; round++) {
    for (let index = 0; index < datagramsPerRound; index++) {
      const port = basePort + random.pick([9, 10, 10, 11]);
      const isTaken = socket.send(random.bend(seeds.datagrams), port, "127.0.0.1");
      if (isTaken) datagramCount += 1;
    }
    run.player.garble(random);
    run.player.frames.length = 0;
    await throwAt(placeOf(round, { basePort, random, identities }), random.bend(seeds.http));
  }
  socket.close();
  return datagramCount;
}

type Place = {
  readonly port: number;
  readonly identity?: Identity | undefined;
  readonly isTls?: boolean;
};

function placeOf(
  round: number,
  { basePort, random, identities }: Pick<Field, "basePort" | "random" | "identities">,
): Place {
  if (round % 4 === 0) return { port: basePort };
  if (round % 4 === 1) return { port: basePort + 21 };
  return { port: basePort - 5, isTls: true, identity: identities[random.below(identities.length)] };
}

/** Sends and hangs up. A host that hangs up first, even before we have begun, does well too. */
async function throwAt({ port, isTls, identity }: Place, bytes: Uint8Array): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const deadline = setTimeout(() => closed.reject(new Error(`Port ${port} hangs`)), closeMsMax);
  const certificate = identity && { cert: identity.certificatePem, key: identity.keyPem };
  const speak = (socket: Bun.Socket<undefined>) => {
    socket.write(bytes);
    socket.end();
  };
  const connecting = Bun.connect<undefined>({
    hostname: "127.0.0.1",
    port,
    ...(isTls === true ? { tls: { ...certificate, rejectUnauthorized: false } } : {}),
    socket: {
      open: (socket) => {
        if (isTls !== true) speak(socket);
      },
      handshake: speak,
      data: () => undefined,
      close: () => closed.resolve(),
      error: () => undefined,
    },
  });
  try {
    await connecting;
    await closed.promise;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ECONNRESET")) throw cause;
  } finally {
    clearTimeout(deadline);
  }
}

async function pair(host: RunningHost, player: HttpClient): Promise<void> {
  const pairing = player.pair("1234");
  const type = () => host.call("POST", "/api/v1/pairing/pin", { pin: "1234" });
  await until(async () => (await type()).status === 202, { what: "the player waits" });
  if ((await pairing) !== "paired") throw new Error("The player could not pair");
}

async function sessions(host: RunningHost): Promise<{ session_id: number }[]> {
  // The shape of the host's own API.
  return (await (await host.call("GET", "/api/v1/sessions")).json()) as { session_id: number }[];
}

function fdCountOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** What a player says in good order, at each port. */
function seedsFor({ certificatePem }: Identity) {
  const pem = Buffer.from(certificatePem).toString("hex");
  const [salt, key] = ["00".repeat(16), "0a".repeat(16)];
  const body = announceBody({});
  const rtsp = (method: string, target: string, content = "") =>
    Buffer.from(
      `${method} ${target} RTSP/1.0\r\nCSeq: 1\r\nContent-length: ${content.length}\r\n\r\n${content}`,
    );
  const connect = Buffer.alloc(52, 1);
  connect.writeUInt16BE(0x8fff, 0);
  connect[4] = 0x82;
  return {
    http: [
      "/serverinfo?uniqueid=0&uuid=1",
      `/pair?phrase=getservercert&uniqueid=1&salt=${salt}&clientcert=${pem}`,
      `/pair?uniqueid=1&clientchallenge=${salt}`,
      `/pair?uniqueid=1&serverchallengeresp=${salt}${salt}`,
      `/pair?uniqueid=1&clientpairingsecret=${salt}${salt}`,
      "/pair?phrase=pairchallenge",
      "/applist",
      `/launch?appid=1&rikey=${key}&rikeyid=-7&corever=1`,
      `/resume?rikey=${key}&rikeyid=-7`,
      "/cancel",
      "/unpair?uniqueid=1",
    ].map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)),
    rtsp: [
      rtsp("OPTIONS", "/"),
      rtsp("DESCRIBE", "/"),
      rtsp("SETUP", "streamid=control/13/0"),
      rtsp("ANNOUNCE", "streamid=control/13/0", body),
      rtsp("PLAY", "/"),
    ],
    datagrams: [connect, Buffer.from(`${"0123456789abcdef"}\0\0\0\u0001`), Buffer.from("PING")],
  };
}
