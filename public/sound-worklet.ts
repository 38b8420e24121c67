/** The sound thread of a page: plays what it receives, and reports how that goes. */
import { SoundBuffer, sampleRate } from "./sound-buffer.ts";
import type { SoundCommand, SoundState } from "./sound-messages.ts";

// Globals of the browser in this thread; no TypeScript library declares them.
declare const currentTime: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new () => AudioWorkletProcessor & {
    process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
  },
): void;

const stateSeconds = 0.1;

class SoundProcessor extends AudioWorkletProcessor {
  readonly #buffer = new SoundBuffer({
    channelCount: 2,
    sampleCountMax: sampleRate,
    holdCount: sampleRate / 25,
  });
  #statedSeconds = 0;

  constructor() {
    super();
    this.port.onmessage = this.#take;
  }

  readonly #take = ({ data }: MessageEvent<SoundCommand>): void => {
    if (data.kind === "samples") this.#buffer.write(data.atUs, data.channels);
    else if (data.kind === "hold") this.#hold(data);
    else if (data.kind === "source") data.port.onmessage = this.#take;
    else this.#buffer.rest();
  };

  /** `true` keeps it alive, even while it has nothing to play. */
  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const { placeUs } = this.#buffer;
    this.#buffer.read(outputs[0] ?? []);
    if (currentTime - this.#statedSeconds >= stateSeconds) this.#say(placeUs);
    return true;
  }

  #hold({ sampleCount, moreCount }: Extract<SoundCommand, { kind: "hold" }>): void {
    this.#buffer.holdCount = sampleCount;
    this.#buffer.moreCount = moreCount;
  }

  #say(placeUs: number): void {
    this.#statedSeconds = currentTime;
    const { isPlaying, playedCount, emptyCount, leastCount, averageCount } = this.#buffer;
    const counts = { isPlaying, playedCount, emptyCount, leastCount, averageCount };
    this.port.postMessage({ contextSeconds: currentTime, placeUs, ...counts } satisfies SoundState);
    this.#buffer.leastCount = Number.POSITIVE_INFINITY;
  }
}

registerProcessor("onglass-sound", SoundProcessor);
