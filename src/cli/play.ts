/**
 * `onglass play`: plays a stream from a host, writes it where asked, and prints at the end
 * what came. Ending by itself, by Ctrl-C, or because nobody reads the stream any more is success.
 */

import { type Clock, type Micros, systemClock } from "../base/clock.ts";
import { readCommandLine, refuseWords, usage } from "../base/command-line.ts";
import { messageOf } from "../base/error-text.ts";
import { Failure } from "../base/failure.ts";
import { loadPlayerIdentity } from "../base/identity.ts";
import { printableShort } from "../base/printable.ts";
import { every, timers } from "../base/scheduler.ts";
import { defaultDataDirectory } from "../config.ts";
import { codecs } from "../model/capture.ts";
import { modeLimits } from "../model/limits.ts";
import { packetSizes, startFitting } from "../native/player/fitting-start.ts";
import { FrameSink } from "../native/player/frame-sink.ts";
import { PeakRate } from "../native/player/peak-rate.ts";
import type { Player, PlayerEnd } from "../native/player/player.ts";
import { reconnect, reconnectMsMax } from "../native/player/reconnect.ts";
import { RoundLoss } from "../native/player/round-loss.ts";
import { type PlaySummary, PlayTotals } from "../native/player/totals.ts";
import type { Open } from "../native/wire/messages.ts";
import { packetBytesDefault, packetBytesMax, packetBytesMin } from "../native/wire/packet.ts";
import { type ListenAddress, readAddress } from "../settings-read.ts";
import { playFlags } from "./flags.ts";
import { exitFailed, exitOk, type Terminal } from "./output.ts";
import { checkLines, checkLink, type SettledLoss } from "./play-check.ts";

type PlayRequest = {
  readonly address: ListenAddress;
  readonly open: Open;
  readonly secondsMax: number;
  /** After a link was lost; 0 ends the run. */
  readonly reconnectSeconds: number;
  readonly code: string | undefined;
  readonly out: string | undefined;
  /** Sizes of packets to try; one that was asked for stands alone. */
  readonly packetSizes: readonly number[];
  readonly isJson: boolean;
  /** Rounds that measure the link, instead of a stream. */
  readonly isCheck: boolean;
  readonly dataDirectory: string;
};

const signals = ["SIGINT", "SIGTERM"] as const;
/** Of the native path. */
const portDefault = 7781;
const liveIntervalMs = 500;
const peakIntervalMs = 100;
/** Of a check’s round: the first key frame, and programs that have just begun, say nothing of a link. */
const settleUs = 1_000_000;
const secondsLimit = 30 * 24 * 3600;
const reconnectSecondsMax = 24 * 3600;

/** Exit code 0 or 1. @throws Failure `usage` when called wrongly, others when it cannot play */
export async function runPlay(args: readonly string[], terminal: Terminal): Promise<number> {
  const request = readRequest(args, terminal);
  if (request.isCheck) return await runCheck(request, terminal);
  const sink = request.out === undefined ? undefined : await FrameSink.open(request.out);
  const run = new Run({ request, sink, clock: systemClock(), say: (line) => terminal.say(line) });
  let end: End;
  try {
    end = await run.play();
  } finally {
    await sink?.close();
  }
  sayEnd(end, request, terminal);
  return end.failure === undefined ? exitOk : exitFailed;
}

/** A failed round is the failure of the check. */
async function runCheck(request: PlayRequest, terminal: Terminal): Promise<number> {
  let { code } = request;
  const play = async (bitrateKbps: number, seconds: number) => {
    const open = { ...request.open, bitrate_kbps: bitrateKbps };
    const one = { ...request, open, secondsMax: seconds, code, reconnectSeconds: 0 };
    const run = new Run({ request: one, sink: undefined, clock: systemClock(), say: () => {} });
    const { summary, failure } = await run.play();
    // It is used once.
    code = undefined;
    if (summary !== undefined && failure === undefined && summary.seconds >= seconds - 1)
      return { ...summary, peak_kbps: Math.round(run.peakKbps), settled_loss: run.settledLoss };
    throw new Failure("host_unreachable", failure ?? "The check was stopped");
  };
  const check = await checkLink(play, (line) => terminal.say(line));
  const lines = request.isJson ? [JSON.stringify(check)] : checkLines(check);
  for (const line of lines) terminal.print(line);
  return exitOk;
}

type End = {
  /** Undefined when there never was a session. */
  readonly summary: PlaySummary | undefined;
  readonly failure: string | undefined;
};

/** From the start of a session to its end, and on in another where its link was lost. */
class Run {
  readonly #request: PlayRequest;
  readonly #sink: FrameSink | undefined;
  readonly #clock: Clock;
  readonly #say: (line: string) => void;
  readonly #stopping = new AbortController();
  readonly #totals = new PlayTotals();
  readonly #peak = new PeakRate();
  readonly #loss = new RoundLoss();
  readonly #ended = Promise.withResolvers<string | undefined>();
  /** What plays, or played until the link was lost. */
  #player: Player | undefined;
  /** Why there is no picture now, and since when. */
  #lost: { readonly reason: string; readonly sinceUs: Micros } | undefined;
  #endUs: number | undefined;
  #beganUs: number | undefined;

  constructor(parts: {
    request: PlayRequest;
    sink: FrameSink | undefined;
    clock: Clock;
    say: (line: string) => void;
  }) {
    this.#say = (line) => {
      clearLiveLine();
      parts.say(line);
    };
    this.#request = parts.request;
    this.#sink = parts.sink;
    this.#clock = parts.clock;
  }

  /** The most that came within 0.3 s; of a check alone. */
  get peakKbps(): number {
    return this.#peak.kbps;
  }

  /** What was lost once the first key frame was through; of a check alone. */
  get settledLoss(): SettledLoss | undefined {
    const { share, isBursty } = this.#loss;
    return share === undefined ? undefined : { share, isBursty };
  }

  async play(): Promise<End> {
    const stop = () => this.#finish(undefined);
    for (const name of signals) process.once(name, stop);
    try {
      const starting = this.#start(this.#request.packetSizes);
      const player = await Promise.race([starting, this.#ended.promise.then(() => undefined)]);
      if (player !== undefined) return await this.#follow(player);
      // Ended before there was a session: what is still being opened is closed when it is there.
      void starting.then(
        (late) => late.stop(),
        () => undefined,
      );
      return { summary: undefined, failure: await this.#ended.promise };
    } finally {
      for (const name of signals) process.removeListener(name, stop);
    }
  }

  async #follow(first: Player): Promise<End> {
    this.#player = first;
    const cancelWatch = this.#request.isCheck
      ? every(timers, peakIntervalMs, () => this.#measure(first))
      : every(timers, liveIntervalMs, () => this.#watch());
    if (this.#sink !== undefined) this.#sink.onBroken = (broken) => this.#finish(broken?.message);
    const failure = await this.#ended.promise;
    cancelWatch();
    clearLiveLine();
    const player = this.#player;
    player.stop();
    return { summary: this.#totals.summary(player, this.#endUs ?? this.#clock.nowUs()), failure };
  }

  async #start(sizes: readonly number[]): Promise<Player> {
    const { address, open, dataDirectory } = this.#request;
    // A code is used up by the first session.
    const again = this.#lost !== undefined;
    const code = again ? undefined : this.#request.code;
    const identity = await loadPlayerIdentity(dataDirectory);
    return await startFitting({
      address,
      credentials: { identity, dataDirectory, code },
      request: open,
      ...(again ? { connectMsMax: reconnectMsMax } : {}),
      packetSizes: sizes,
      signal: this.#stopping.signal,
      onTooLarge: (bytes) =>
        this.#say(`Packets of ${bytes} bytes do not get through; trying smaller ones`),
      clock: this.#clock,
      onFrame: (frame, latencyUs) => {
        if (this.#isEnded(frame.completeUs) || this.#isSettling(frame.completeUs)) return true;
        if (this.#sink?.push(frame.bytes) === false) return false;
        this.#goOn(frame.completeUs);
        this.#totals.addFrame(frame, latencyUs);
        return true;
      },
      onRtt: (rttUs) => this.#totals.addRtt(rttUs),
      onWaiting: () => this.#say("Waiting for your answer on the host's desktop"),
      onMode: ({ reason }) => this.#say(`The host adapts the picture: ${printableShort(reason)}`),
      onEnd: (end) => this.#onEnd(end),
    });
  }

  #onEnd(end: PlayerEnd | undefined): void {
    const { reconnectSeconds } = this.#request;
    const player = this.#player;
    if (end?.isLost !== true || reconnectSeconds === 0 || player === undefined) {
      this.#finish(end === undefined ? undefined : this.#cannotContinue(end.reason));
      return;
    }
    this.#lost = { reason: end.reason, sinceUs: this.#clock.nowUs() };
    this.#say(`Connection lost: ${end.reason}; trying for ${reconnectSeconds} s to reconnect`);
    void this.#reconnect(player.opened.packet_bytes);
  }

  async #reconnect(fittingBytes: number): Promise<void> {
    const sizes = this.#request.packetSizes.filter((bytes) => bytes <= fittingBytes);
    try {
      const player = await reconnect(() => this.#start(sizes), {
        clock: this.#clock,
        secondsMax: this.#request.reconnectSeconds,
        signal: this.#stopping.signal,
      });
      if (this.#endUs === undefined) this.#player = player;
      else player.stop();
    } catch (cause) {
      const { reason, sinceUs } = this.#lost ?? {};
      this.#finish(this.#cannotContinue(`${reason}; then: ${messageOf(cause)}`), sinceUs);
    }
  }

  /** Per frame: the first one of a session that continues one that was lost. */
  #goOn(completeUs: number): void {
    if (this.#lost === undefined || this.#player === undefined) return;
    this.#lost = undefined;
    const awayUs = this.#totals.goOn(this.#player, completeUs);
    this.#say(`Reconnected after ${(awayUs / 1e6).toFixed(1)} s without a picture`);
  }

  #cannotContinue(reason: string): string {
    const { host, port } = this.#request.address;
    return `Cannot continue playing from "${host}:${port}": ${reason}`;
  }

  /** A frame that completes after the last second is not part of the run. */
  #isEnded(nowUs: number): boolean {
    if (this.#endUs !== undefined) return true;
    const { firstUs } = this.#totals;
    const lastUs = (firstUs ?? nowUs) + this.#request.secondsMax * 1e6;
    if (nowUs < lastUs) return false;
    this.#endUs = lastUs;
    this.#finish(this.#lost && this.#cannotContinue(this.#lost.reason));
    return true;
  }

  #isSettling(nowUs: number): boolean {
    this.#beganUs ??= nowUs;
    return this.#request.isCheck && nowUs - this.#beganUs < settleUs;
  }

  #measure(player: Player): void {
    const nowUs = this.#clock.nowUs();
    if (this.#isEnded(nowUs)) return;
    this.#peak.look(nowUs, player.receivedBytes);
    if (this.#beganUs !== undefined && !this.#isSettling(nowUs)) this.#loss.look(player.arrivals);
  }

  #watch(): void {
    const nowUs = this.#clock.nowUs();
    const player = this.#player;
    if (this.#isEnded(nowUs) || !process.stderr.isTTY || player === undefined) return;
    process.stderr.write(`\r\x1b[K${this.#totals.liveLine(player, nowUs)}`);
  }

  #finish(failure: string | undefined, endUs = this.#clock.nowUs()): void {
    this.#endUs ??= endUs;
    this.#stopping.abort();
    this.#ended.resolve(failure);
  }
}

function clearLiveLine(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

/** With the stream on stdout, everything else goes to stderr. */
function sayEnd({ summary, failure }: End, request: PlayRequest, terminal: Terminal): void {
  if (failure !== undefined) terminal.say(failure);
  if (summary === undefined) return;
  const lines = request.isJson ? [JSON.stringify(summary)] : describe(summary);
  for (const line of lines) {
    if (request.out === "-") terminal.say(line);
    else terminal.print(line);
  }
}

function describe(summary: PlaySummary): string[] {
  const { seconds, frames, bytes, reconnects, interrupted_seconds } = summary;
  const playedSeconds = seconds - interrupted_seconds;
  const per = (amount: number) => (playedSeconds <= 0 ? 0 : amount / playedSeconds);
  const ms = (us: number | null) => (us === null ? "not measured" : `${(us / 1000).toFixed(1)} ms`);
  const { packets_received, packets_lost, fec_recovered, frames_lost, slots_skipped } = summary;
  return [
    `session     ${summary.session_id}, ${summary.width}x${summary.height} at ${summary.fps} fps, ${summary.codec}`,
    ...(reconnects === 0
      ? []
      : [
          `reconnected ${times(reconnects)}, ${interrupted_seconds.toFixed(1)} s without a picture`,
        ]),
    `played      ${playedSeconds.toFixed(1)} s, ${frames} frames (${per(frames).toFixed(2)} fps), ${(per(bytes * 8) / 1e6).toFixed(2)} Mbit/s`,
    `packets     ${packets_received} received, ${packets_lost} lost, ${fec_recovered} repaired`,
    `frames      ${frames_lost} lost, ${slots_skipped} skipped by the host, ${summary.idr_requests} key frames requested`,
    `latency     ${ms(summary.latency_p50_us)} (p50), ${ms(summary.latency_p99_us)} (p99)`,
    `round trip  ${ms(summary.rtt_p50_us)} (p50)`,
  ];
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function readRequest(args: readonly string[], terminal: Terminal): PlayRequest {
  const { values, words } = readCommandLine(args, playFlags);
  const [address, ...more] = words;
  refuseWords(more);
  if (address === undefined) {
    throw usage("One host is needed: HOST or HOST:PORT, such as 127.0.0.1:7781");
  }
  const codec = codecs.find((each) => each === values.codec);
  if (codec === undefined) {
    throw usage(`Cannot use --codec "${values.codec}": it takes ${codecs.join(", ")}`);
  }
  const limits = modeLimits;
  const size = { min: limits.sizeMin, max: limits.sizeMax };
  const rate = { min: limits.bitrateKbpsMin, max: limits.bitrateKbpsMax };
  const packetBytes = readPacketBytes(values["packet-bytes"]);
  return {
    address: readAddress("HOST:PORT", address, { portDefault }),
    open: {
      width: readWhole("--width", values.width, size),
      height: readWhole("--height", values.height, size),
      fps: readRate("--fps", values.fps, { min: limits.fpsMin, max: limits.fpsMax }),
      codec,
      bitrate_kbps: readWhole("--bitrate-kbps", values["bitrate-kbps"], rate),
      packet_bytes: packetBytes ?? packetBytesDefault,
    },
    packetSizes: packetBytes === undefined ? packetSizes : [packetBytes],
    secondsMax: readSeconds(values.seconds),
    reconnectSeconds: readWhole("--reconnect", values.reconnect, {
      min: 0,
      max: reconnectSecondsMax,
    }),
    code: values.pair,
    out: values.out,
    isJson: values.json,
    isCheck: values.check,
    dataDirectory: values["data-dir"] ?? defaultDataDirectory(terminal.env),
  };
}

function readWhole(name: string, text: string, range: { min: number; max: number }): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw usage(`Cannot use ${name} "${text}": it takes ${range.min} to ${range.max}`);
}

function readPacketBytes(text: string | undefined): number | undefined {
  const range = { min: packetBytesMin, max: packetBytesMax };
  return text === undefined ? undefined : readWhole("--packet-bytes", text, range);
}

/** A whole number, or a fraction such as 59.94. */
function readRate(name: string, text: string, range: { min: number; max: number }): number {
  const value = /^\d{1,3}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw usage(`Cannot use ${name} "${text}": it takes ${range.min} to ${range.max}, such as 59.94`);
}

function readSeconds(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value <= secondsLimit) return value;
  throw usage(`Cannot use --seconds "${text}": it takes more than 0 and at most ${secondsLimit}`);
}
