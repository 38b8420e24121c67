/**
 * What the machine plays: the monitor of the default output of PulseAudio or PipeWire, or of the
 * output of a private session. It follows the default, and recovers by itself when the sound server
 * was restarted.
 */
import { messageOf } from "../base/error-text.ts";
import { sleepMs } from "../base/timer.ts";
import { PulseConnection } from "../pulse/connection.ts";
import { ownOutputArguments } from "../pulse/own-output.ts";
import { readSoundCookie, type SoundEnvironment, soundServerPath } from "../pulse/place.ts";
import {
  readDefaultOutput,
  readFirstNumber,
  readSpeakers,
  speakers,
  writeAuthorize,
  writeCreateRecordStream,
  writeGetServerInfo,
  writeGetSinkInfo,
  writeLoadModule,
  writeSetClientName,
  writeSubscribe,
} from "../pulse/wire.ts";
import {
  bytesPerValue,
  type ChannelCount,
  type SoundSource,
  sampleRate,
  samplesIn,
  spreadStereo,
} from "./format.ts";
import { SteadyBuffer } from "./steady-buffer.ts";

/** Buffered: a chunk this late is not audible. */
const holdMs = 20;
/** A tenth of a second: more would be noticed as delay. */
const waitMsMax = 100;
const pieceMs = 5;
const retryMs = 1000;

/** Whether there is sound; reported on change. */
export type MonitorState =
  | { readonly isSilent: true; readonly reason: string }
  | { readonly isSilent: false; readonly reason?: undefined };

/** How a monitor is opened. */
export type MonitorOptions = {
  /**
   * The player's. An output with more than two speakers is recorded as it is; stereo is upmixed.
   */
  readonly channelCount: ChannelCount;
  /** An output of the stream's own, which only its programs play to; otherwise the default one. */
  readonly output?: string | undefined;
  /** Called when sound is lost, also when the reason changes, and when it is back. */
  onState(state: MonitorState): void;
  /** The process's own unless given. */
  readonly environment?: SoundEnvironment;
};

/** Silent until the server has answered; never fails and never blocks. */
export function openMonitor(options: MonitorOptions): Monitor {
  const monitor = new Monitor(options);
  void monitor.run();
  return monitor;
}

/** Reconnects a second after each end, until it is closed. */
export class Monitor implements SoundSource {
  readonly #channelCount: ChannelCount;
  readonly #buffer: SteadyBuffer;
  readonly #output: string | undefined;
  readonly #onState: (state: MonitorState) => void;
  readonly #environment: SoundEnvironment;
  #connection: PulseConnection | undefined;
  #reason: string | undefined;
  /** Duration of the last read. */
  #readUs = 0;
  #isClosed = false;
  #isRecording = false;

  constructor({ channelCount, output, onState, environment = process.env }: MonitorOptions) {
    this.#channelCount = channelCount;
    this.#output = output;
    this.#buffer = new SteadyBuffer({
      holdCount: samplesIn(holdMs),
      sampleCountMax: samplesIn(waitMsMax),
      channelCount,
    });
    this.#onState = onState;
    this.#environment = environment;
  }

  /** Age of the first sample read: the buffered amount, the read itself, and half a chunk. */
  get delayUs(): number {
    return (holdMs + pieceMs / 2) * 1000 + this.#readUs;
  }

  /** No sound server records for it now. */
  get isSilent(): boolean {
    return !this.#isRecording;
  }

  /** Packets that were silent because sound was late. */
  get emptyReadCount(): number {
    return this.#buffer.emptyReadCount;
  }

  read(target: Int16Array): void {
    this.#buffer.read(target);
    this.#readUs = (target.length / this.#channelCount / sampleRate) * 1e6;
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }

  /** Resolves after `close`. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      const reason = await this.#record().catch(messageOf);
      if (this.#isClosed) return;
      if (reason === defaultChanged) continue;
      this.#tell(reason);
      await sleepMs(retryMs);
    }
  }

  /** One attempt: from connecting until it is over. Returns the reason. */
  async #record(): Promise<string> {
    const connection = await PulseConnection.open(soundServerPath(this.#environment));
    this.#connection = connection;
    if (this.#isClosed) connection.close();
    try {
      const cookie = readSoundCookie(this.#environment);
      await connection.ask((tag) => writeAuthorize(tag, cookie));
      await connection.ask((tag) => writeSetClientName(tag, "onglass"));
      await connection.ask(writeSubscribe);
      const output = this.#output ?? (await defaultOutput(connection));
      if (this.#output !== undefined) await makeMissing(connection, output);
      await this.#startStream(connection, output);
      this.#isRecording = true;
      this.#tell(undefined);
      if (this.#output !== undefined) return await connection.ended;
      return await Promise.race([connection.ended, changeOf(connection, output)]);
    } finally {
      this.#isRecording = false;
      connection.close();
    }
  }

  async #startStream(connection: PulseConnection, output: string): Promise<void> {
    const own = readSpeakers(await connection.ask((tag) => writeGetSinkInfo(tag, output))) ?? [];
    const channelMap = channelMapFor(this.#channelCount, own);
    const recording = {
      source: `${output}.monitor`,
      sampleRate,
      channelMap,
      // The server downmixes sound for more speakers than the player has.
      isUnmixed: channelMap.length > 2 && own.length <= channelMap.length,
      pieceBytes: samplesIn(pieceMs) * bytesPerValue * channelMap.length,
      title: "what the machine plays",
    } as const;
    const isStereo = channelMap.length === 2;
    const reply = await connection.ask((tag) => writeCreateRecordStream(tag, recording));
    const ours = readFirstNumber(reply);
    connection.onSound = (channel, bytes) => {
      if (channel !== ours) return;
      const samples = samplesOf(bytes);
      this.#buffer.write(isStereo ? spreadStereo(samples, this.#channelCount) : samples);
    };
  }

  #tell(reason: string | undefined): void {
    if (reason === this.#reason && reason !== undefined) return;
    const wasSilent = this.#reason !== undefined;
    this.#reason = reason;
    if (reason !== undefined) this.#onState({ isSilent: true, reason });
    else if (wasSilent) this.#onState({ isSilent: false });
  }
}

/** A restarted server has lost it; programs that reconnect find it again. */
async function makeMissing(connection: PulseConnection, output: string): Promise<void> {
  try {
    await connection.ask((tag) => writeGetSinkInfo(tag, output));
  } catch {
    const argument = ownOutputArguments(output);
    await connection.ask((tag) => writeLoadModule(tag, "module-null-sink", argument));
  }
}

const defaultChanged = "the default output has changed";

async function defaultOutput(connection: PulseConnection): Promise<string> {
  const output = readDefaultOutput(await connection.ask(writeGetServerInfo));
  if (output === undefined || output === "") throw new Error("the sound server has no output");
  return output;
}

/** Resolves when another output has become the default; rejects when that cannot be queried. */
function changeOf(connection: PulseConnection, output: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const look = async () => {
    if ((await defaultOutput(connection)) !== output) resolve(defaultChanged);
  };
  connection.onChange = () => void look().catch(reject);
  // It may have changed while the stream was opened.
  connection.onChange();
  return promise;
}

/** The channels recorded from an output with the speakers `own` for a player with this many. */
function channelMapFor(channelCount: ChannelCount, own: readonly number[]): readonly number[] {
  const { frontLeft, frontRight, center, bass } = speakers;
  const { rearLeft, rearRight, sideLeft, sideRight } = speakers;
  const front = [frontLeft, frontRight];
  if (channelCount === 2 || own.length <= 2) return front;
  const [sides, rear] = [
    [sideLeft, sideRight],
    [rearLeft, rearRight],
  ];
  const middle = [...front, center, bass];
  if (channelCount === 8) return [...middle, ...rear, ...sides];
  // With 5.1 both names mean the same two speakers.
  return [...middle, ...(own.includes(sideLeft) && !own.includes(rearLeft) ? sides : rear)];
}

/** A copy is aligned for 16-bit numbers. */
function samplesOf(bytes: Buffer): Int16Array {
  const whole = bytes.length - (bytes.length % bytesPerValue);
  return new Int16Array(new Uint8Array(bytes.subarray(0, whole)).buffer);
}
