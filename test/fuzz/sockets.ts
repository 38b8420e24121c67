/** A real host behind its sockets: garbage, bent messages and bent requests, in many connections. */
import { readdirSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { type Identity, loadPlayerIdentity } from "../../src/base/identity.ts";
import { residentMbOf } from "../support/measure.ts";
import { Random } from "../support/random.ts";
import { type RunningHost, startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { messages } from "./parsers.ts";

export type Shaken = {
  readonly connectionCount: number;
  readonly answerCount: number;
  readonly grownMb: number;
  readonly grownFdCount: number;
};

type Target = { readonly port: number; readonly identity: Identity; readonly token: string };

/** The native path takes 16 connections of one address. */
const laneCount = 8;
const patienceMs = 300;
const grownMbMax = 60;
const settleMsMax = 15_000;

const requests = [
  "GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n",
  "GET /api/v1/stats/recordings/x/series?points=600 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\n\r\n",
  'POST /api/v1/sessions/1/bitrate HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{"bitrate_kbps":5000}',
  "POST /api/v1/stats/capture/start HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
];

/**
 * @param count connections, half to each socket.
 * @throws Error when the host dies, answers with 5xx, keeps descriptors or memory, or plays no more.
 */
export async function shake({ seed, count }: { seed: number; count: number }): Promise<Shaken> {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(join(directory.path, "data"));
  const identity = await loadPlayerIdentity(join(directory.path, "player"));
  const random = new Random(seed);
  const native = Number(host.nativeAddress.split(":")[1]);
  const consolePort = Number(new URL(host.consoleUrl).port);
  const token = (await Bun.file(join(host.dataDirectory, "token")).text()).trim();
  const target = { identity, token };
  let answerCount = 0;
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (left % 2 === 0) await knock({ ...target, port: native }, random);
      else {
        const found = checkAnswer(await ask({ ...target, port: consolePort }, random));
        answerCount += found;
      }
    }
  };
  const run = () => Promise.all(Array.from({ length: laneCount }, lane));
  // The first tenth makes what stays: code, pools, buffers.
  left = Math.ceil(count / 10);
  await run();
  await settled(host);
  const before = { mb: residentMbOf(host.pid), fdCount: fdCountOf(host.pid) };
  left = count - Math.ceil(count / 10);
  await run();
  await settled(host);
  await checkAlive(host);
  const grownMb = residentMbOf(host.pid) - before.mb;
  const grownFdCount = fdCountOf(host.pid) - before.fdCount;
  if (grownMb > grownMbMax) throw new Error(`The host kept ${grownMb.toFixed(0)} MB`);
  if (grownFdCount > laneCount) throw new Error(`The host kept ${grownFdCount} descriptors`);
  await checkPlays(host);
  return { connectionCount: count, answerCount, grownMb, grownFdCount };
}

/** One in four speaks no TLS; the others say bent messages, with a certificate or without. */
async function knock({ port, identity }: Target, random: Random): Promise<void> {
  if (random.below(4) === 0) {
    await talk(connectTcp(port, "127.0.0.1"), random.bytes(2000));
    return;
  }
  const own = random.below(2) === 0;
  const certificate = own ? { cert: identity.certificatePem, key: identity.keyPem } : {};
  const options = { port, host: "127.0.0.1", rejectUnauthorized: false, ...certificate };
  const words = Array.from({ length: 1 + random.below(4) }, () => random.bend(messages));
  await talk(connectTls(options), Buffer.concat(words));
}

async function ask({ port, token }: Target, random: Random): Promise<string> {
  const seeds = requests.map((request) =>
    Buffer.from(request.replace("PORT", `${port}`).replace("TOKEN", token)),
  );
  return await talk(connectTcp(port, "127.0.0.1"), random.bend(seeds));
}

/** What the other side says until it closes, or says nothing for a while. */
function talk(socket: Socket, bytes: Uint8Array): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let said = "";
  const end = () => {
    clearTimeout(timer);
    socket.destroy();
    resolve(said);
  };
  const timer = setTimeout(end, patienceMs * 10);
  socket.on("data", (piece: Buffer) => {
    said += piece.toString("latin1");
    setTimeout(end, patienceMs / 10);
  });
  const speak = () => {
    socket.write(bytes);
    setTimeout(end, patienceMs);
  };
  socket.once("encrypted" in socket ? "secureConnect" : "connect", speak);
  socket.on("error", end);
  socket.on("close", end);
  return promise;
}

function checkAnswer(text: string): number {
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const fault = statuses.find((status) => status >= 500 && status !== 505);
  if (fault !== undefined) throw new Error(`The host answered ${fault}: ${text.slice(0, 500)}`);
  return statuses.length;
}

/** Waits until the host has let go of every session and connection of ours. */
async function settled(host: RunningHost): Promise<void> {
  const endMs = Date.now() + settleMsMax;
  for (;;) {
    const status = await (await host.call("GET", "/api/v1/status")).json();
    const { session_count } = status as { session_count: number };
    if (session_count === 0 || Date.now() > endMs) return;
    await Bun.sleep(100);
  }
}

async function checkAlive(host: RunningHost): Promise<void> {
  if (host.process.exitCode !== null) throw new Error(`The host ended: ${host.said()}`);
  const answer = await host.call("GET", "/api/v1/status");
  if (answer.status !== 200) throw new Error(`The host answers ${answer.status}: ${host.said()}`);
  const fault = host
    .said()
    .split("\n")
    .find((line) => /unexpectedly|"native connection failed"/.test(line));
  if (fault !== undefined) throw new Error(`The host says: ${fault}`);
}

async function checkPlays(host: RunningHost): Promise<void> {
  const player = startPlayer(host, ["--width", "320", "--height", "180", "--seconds", "1"]);
  const summary = JSON.parse(await player.stdout.text());
  if ((await player.exited) !== 0 || summary.frames === 0)
    throw new Error("The host plays no more");
}

function fdCountOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
