/**
 * Sound from the moment it is turned on until it is turned off: the audio context, its thread, the
 * worker that receives and decodes, and how far what is heard is behind the picture. Made by a click
 * only: a browser plays nothing before, and the host encodes nothing.
 */
import { sampleRate } from "./sound-buffer.ts";
import type {
  SoundCommand,
  SoundConnection,
  SoundLine,
  SoundOrder,
  SoundState,
} from "./sound-messages.ts";
import { SoundPace } from "./sound-pace.ts";

/** Duration of a volume change: an immediate one would click. */
const fadeSeconds = 0.02;
/** A page that was blocked reads a state late: the clocks may have drifted since. */
const staleSeconds = 0.25;
/** States arrive ten times a second; one observation is made of this many. */
const lookStateCount = 10;

/** Totals since it was turned on, and current values. */
export type SoundFigures = {
  readonly playedMs: number;
  readonly emptyCount: number;
  /**
   * How much later than its picture the sound is heard; `undefined` when one of them is missing.
   */
  readonly offsetMs: number | undefined;
};

/** Their addresses. */
export type SoundScripts = {
  /** Of the sound thread. */
  readonly worklet: string;
  readonly worker: string;
};

type Options = {
  readonly scripts: SoundScripts;
  readonly volume: number;
  /** The browser does not allow sound, or its worker does not run. */
  onFault(): void;
  /** State of the worker's connection. */
  onConnection(connection: SoundConnection): void;
  /** Delay of the shown picture against the host, on this page's clock; `undefined` without one. */
  pictureLagMs(): number | undefined;
};

/** Owns an audio context; `close` releases everything. */
export class SoundPlayer {
  readonly #options: Options;
  /**
   * As little of the browser's own delay as possible: other settings cost 36 ms without a sound
   * card and 10 to 25 ms with PulseAudio, and save a tenth of a core that is busy now.
   */
  readonly #context = new AudioContext({ sampleRate, latencyHint: 0 });
  readonly #gain: GainNode;
  readonly #pace = new SoundPace();
  readonly #worker: Worker;
  #worklet: AudioWorkletNode | undefined;
  #last: SoundState | undefined;
  #states: SoundState[] = [];
  #lagsMs: number[] = [];
  #offsetMs: number | undefined;
  /** The least amount buffered since the previous observation. */
  #leastCount = Number.POSITIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
    this.#gain = new GainNode(this.#context, { gain: options.volume });
    this.#gain.connect(this.#context.destination);
    this.#worker = new Worker(options.scripts.worker, { type: "module" });
    this.#worker.onerror = () => options.onFault();
    this.#worker.onmessage = ({ data }: MessageEvent<SoundConnection>) =>
      options.onConnection(data);
    this.#openThread().catch(() => options.onFault());
  }

  get figures(): SoundFigures {
    const { playedCount = 0, emptyCount = 0, isPlaying = false } = this.#last ?? {};
    return {
      playedMs: Math.round((playedCount * 1000) / sampleRate),
      emptyCount,
      offsetMs: isPlaying ? this.#offsetMs : undefined,
    };
  }

  set volume(volume: number) {
    this.#gain.gain.setTargetAtTime(volume, this.#context.currentTime, fadeSeconds);
  }

  /** Plays this from now on; nothing while it is `undefined`. */
  play(line: SoundLine | undefined): void {
    this.#order({ kind: "play", line });
  }

  close(): void {
    this.#worker.terminate();
    void this.#context.close();
  }

  async #openThread(): Promise<void> {
    await this.#context.audioWorklet.addModule(this.#options.scripts.worklet);
    if (this.#context.state === "closed") return;
    this.#worklet = new AudioWorkletNode(this.#context, "onglass-sound", {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    this.#worklet.port.onmessage = ({ data }: MessageEvent<SoundState>) => this.#take(data);
    this.#worklet.connect(this.#gain);
    const { port1, port2 } = new MessageChannel();
    this.#send({ kind: "source", port: port1 }, [port1]);
    this.#order({ kind: "open", port: port2 }, [port2]);
    this.#hold();
    void this.#context.resume();
  }

  #take(state: SoundState): void {
    this.#last = state;
    this.#leastCount = Math.min(this.#leastCount, state.leastCount);
    if (state.isPlaying) {
      this.#states.push(state);
      const lagMs = this.#lagOf(state);
      if (lagMs !== undefined) this.#lagsMs.push(lagMs);
    }
    if (this.#states.length >= lookStateCount) this.#look();
  }

  /** How long ago the sound heard now was played at the host; on two clocks, like the picture's. */
  #lagOf({ contextSeconds, placeUs }: SoundState): number | undefined {
    if (this.#context.currentTime - contextSeconds > staleSeconds) return undefined;
    const { contextTime, performanceTime } = this.#context.getOutputTimestamp();
    if (contextTime === undefined || performanceTime === undefined) return undefined;
    return performanceTime + (contextSeconds - contextTime) * 1000 - placeUs / 1000;
  }

  #look(): void {
    const states = this.#states;
    const pictureMs = this.#options.pictureLagMs();
    const soundMs = median(this.#lagsMs);
    const isKnown = pictureMs !== undefined && soundMs !== undefined;
    this.#offsetMs = isKnown ? soundMs - pictureMs : undefined;
    const last = states.at(-1);
    this.#pace.take({
      leastMs: msOf(this.#leastCount),
      averageMs: msOf(last?.averageCount ?? 0),
      offsetMs: this.#offsetMs,
    });
    this.#leastCount = Number.POSITIVE_INFINITY;
    this.#states = [];
    this.#lagsMs = [];
    this.#hold();
  }

  #hold(): void {
    const { holdMs, moreMs } = this.#pace;
    this.#send({ kind: "hold", sampleCount: countOf(holdMs), moreCount: countOf(moreMs) });
  }

  #order(order: SoundOrder, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  #send(command: SoundCommand, transfer: Transferable[] = []): void {
    this.#worklet?.port.postMessage(command, transfer);
  }
}

function countOf(ms: number): number {
  return Math.round((ms * sampleRate) / 1000);
}

function msOf(sampleCount: number): number {
  return (sampleCount * 1000) / sampleRate;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
