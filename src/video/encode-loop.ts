/**
 * The encode worker's loop: one frame for each slot of the stream's grid of due times, and between
 * frames whatever the consumer has asked for.
 *
 * A slot that has passed while an earlier frame was still being made is skipped: the grid moves on
 * and nothing is made up for, so a slow encoder shows as fewer frames and never as a burst.
 */
import { assert, unreachable } from "../base/assert.ts";
import { type Clock, type Micros, systemClock } from "../base/clock.ts";
import { Gate } from "../base/gate.ts";
import { sleepUntil } from "../base/timer.ts";
import { quiet } from "./ffmpeg.ts";
import { reserveHeadroom } from "./headroom.ts";
import { type Line, openLine } from "./line.ts";
import type { EncodedFrame, EncodeReport, EncodeRequest } from "./link.ts";

type Post = (report: EncodeReport, transfer: ArrayBuffer[]) => void;
type OpenRequest = Extract<EncodeRequest, { kind: "open" }>;
type ModeRequest = Extract<EncodeRequest, { kind: "mode" }>;

export class EncodeLoop {
  readonly #post: Post;
  readonly #clock: Clock = systemClock();
  /** Held, never touched. */
  readonly headroom = reserveHeadroom();
  #line: Line | undefined;
  #isClosing = false;
  #bitrateWanted: number | undefined;
  #modeWanted: ModeRequest | undefined;

  constructor(deps: { post: Post }) {
    this.#post = deps.post;
    quiet();
  }

  /** Answers a message. Resolves at once, but for `open`: when the stream has been closed. */
  async handle(request: EncodeRequest): Promise<void> {
    switch (request.kind) {
      case "open":
        return await this.#run(request);
      case "idr":
        return this.#line?.requestIdr();
      case "release":
        return this.#line?.pool.give(request.buffer);
      case "bitrate":
        this.#bitrateWanted = request.bitrateKbps;
        return;
      case "mode":
        this.#modeWanted = request;
        return;
      case "close":
        this.#isClosing = true;
        return;
      default:
        return unreachable(request);
    }
  }

  async #run(request: OpenRequest): Promise<void> {
    assert(this.#line === undefined, "a worker opens one stream");
    const send = (frame: EncodedFrame) => this.#post({ kind: "frame", frame }, [frame.buffer]);
    const deps = { clock: this.#clock, gate: new Gate(request.gate), send };
    const line = await openLine(request.options, deps);
    this.#line = line;
    this.#post({ kind: "opened", encoder: line.encoderName }, []);
    try {
      while (!this.#isClosing) {
        await this.#applyWishes(line);
        await this.#followGrid(line);
      }
    } finally {
      line.close();
    }
  }

  /** Between two frames, because the encoder is at rest then. */
  async #applyWishes(line: Line): Promise<void> {
    const mode = this.#modeWanted;
    const bitrateKbps = this.#bitrateWanted;
    this.#modeWanted = undefined;
    this.#bitrateWanted = undefined;
    if (mode) await line.setMode({ width: mode.width, height: mode.height, fps: mode.fps });
    if (bitrateKbps !== undefined) await line.setBitrate(bitrateKbps);
  }

  /** Makes a frame a slot until a wish comes up that the encoder must be at rest for. */
  async #followGrid(line: Line): Promise<void> {
    const intervalUs = 1e6 / line.options.fps;
    const startUs = this.#clock.nowUs();
    let slot = 0;
    while (!(this.#isClosing || this.#modeWanted)) {
      await this.#reach(due(startUs, slot * intervalUs));
      if (this.#bitrateWanted !== undefined) await this.#applyWishes(line);
      line.makeFrame();
      await this.#drainUntil(line, due(startUs, (slot + 1) * intervalUs));
      const passedCount = Math.floor((this.#clock.nowUs() - startUs) / intervalUs);
      slot = Math.max(slot + 1, passedCount);
    }
  }

  /** Even when `dueUs` has passed, messages get their turn. */
  async #reach(dueUs: Micros): Promise<void> {
    if (this.#clock.nowUs() < dueUs) await sleepUntil(this.#clock, dueUs);
    else await Bun.sleep(0);
  }

  /** An encoder with threads of its own may take until the next slot, and longer. */
  async #drainUntil(line: Line, dueUs: Micros): Promise<void> {
    while (!line.drain() && this.#clock.nowUs() < dueUs) await Bun.sleep(1);
  }
}

function due(startUs: Micros, offsetUs: number): Micros {
  return Math.round(startUs + offsetUs) as Micros;
}
