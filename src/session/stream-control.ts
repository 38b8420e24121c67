/**
 * Control of a running stream: changes by the operator, the settings or the player while it runs,
 * passed to the encoder and written to the session's log.
 */
import type { Clock } from "../base/clock.ts";
import type { Asker } from "../model/happening.ts";
import { bitrateKbpsLeast } from "../model/limits.ts";
import { type Reason, reason } from "../model/reason.ts";
import type { Settings } from "../model/settings.ts";
import type { StreamMode, Tuning } from "../video/link.ts";
import type { Pace } from "./paced-sender.ts";
import type { PictureChange } from "./picture-follower.ts";
import type { StreamPicture } from "./picture-ladder.ts";
import type { SessionLog } from "./session-log.ts";
import { StreamTuning, type TuningFacts } from "./stream-tuning.ts";

/** The controlled part of an encode stream. */
export type Tunable = { tune(tuning: Tuning): void };

type Options = TuningFacts & { readonly clock: Clock; readonly log: SessionLog };

/** A change that is logged at once, and one that is logged only some time after the last. */
const plainShare = 0.3;
const loggedShare = 0.1;
const linkLogUs = 2_000_000;

/** The current parameters of a stream. */
export class StreamControl {
  readonly #clock: Clock;
  readonly #log: SessionLog;
  readonly #tuning: StreamTuning;
  readonly #mode: StreamMode;
  #stream: Tunable | undefined;
  /** The capacity of the link; `undefined` for the full request. */
  #linkKbps: number | undefined;
  /** The picture that the bitrate allows; `undefined` for the request. */
  #picture: StreamPicture | undefined;
  #loggedKbps: number;
  #loggedUs = Number.NEGATIVE_INFINITY;

  constructor({ clock, log, ...facts }: Options) {
    this.#clock = clock;
    this.#log = log;
    this.#tuning = new StreamTuning(facts);
    this.#mode = facts.mode;
    this.#loggedKbps = this.#tuning.bitrateKbps;
  }

  /** The encoder, when it is open; `opened` are its original parameters. */
  attach(stream: Tunable, opened: Required<Tuning>): void {
    this.#stream = stream;
    // Changes while it was being opened.
    if (this.tuning !== opened) stream.tune(this.tuning);
  }

  /** For the encoder. */
  get tuning(): Required<Tuning> {
    const { now } = this.#tuning;
    const bitrateKbps = Math.min(this.#linkKbps ?? Number.POSITIVE_INFINITY, now.bitrateKbps);
    if (bitrateKbps === now.bitrateKbps && this.#picture === undefined) return now;
    return { ...now, bitrateKbps, ...this.#lowered(now.fps) };
  }

  get settings(): Settings {
    return this.#tuning.settings;
  }

  get fps(): number {
    return this.tuning.fps;
  }

  /** As it is encoded. */
  get picture(): StreamPicture {
    const { width, height } = this.#mode;
    return { width, height, ...this.tuning.picture, fps: this.fps };
  }

  /** Requested by the player or the operator. */
  get askedPicture(): StreamPicture {
    const { width, height } = this.#mode;
    return { width, height, fps: this.#tuning.fps };
  }

  /** The encoder's current target. */
  get bitrateKbps(): number {
    return this.tuning.bitrateKbps;
  }

  /** Requested by the player or the operator: the encoder is never set higher. */
  get askedKbps(): number {
    return this.#tuning.bitrateKbps;
  }

  /** Both, as totals name them. */
  get bitrates(): { readonly bitrateKbps: number; readonly askedKbps: number } {
    return { bitrateKbps: this.bitrateKbps, askedKbps: this.askedKbps };
  }

  /** The link carries this much of it; no encoder is set below the minimum of its mode. */
  followLink(kbps: number): void {
    const before = this.bitrateKbps;
    const carried = Math.max(kbps, bitrateKbpsLeast(this.#mode));
    this.#linkKbps = carried >= this.askedKbps ? undefined : carried;
    if (this.bitrateKbps === before) return;
    this.#stream?.tune({ bitrateKbps: this.bitrateKbps });
    this.#logLink();
  }

  /** The bitrate allows this picture; it is the requested one unless `isLowered`. */
  followBitrate(picture: StreamPicture, change: PictureChange): Reason {
    this.#picture = change.isLowered ? picture : undefined;
    const { fps, picture: size } = this.tuning;
    this.#stream?.tune({ fps, picture: size });
    const followed = isMore(picture, change.from) ? "picture_raised" : "picture_lowered";
    const why = reason(change.isAsked ? "picture_asked" : followed, {
      from: pictureText(change.from),
      to: pictureText(picture),
      kbps: this.bitrateKbps,
    });
    this.#log.add({ atUs: this.#clock.nowUs(), action: "picture_changed", reason: why });
    return why;
  }

  /** How frames are spread over time. */
  get pace(): Pace {
    return { frameIntervalUs: 1e6 / this.fps, share: this.settings.pacing_share };
  }

  /** Applies until the settings set another. @throws Failure `invalid_bitrate` */
  setBitrate(bitrateKbps: number, by: Asker = "operator"): void {
    const before = this.bitrateKbps;
    // The encoder rejects invalid values before anything is stored.
    this.#stream?.tune({ bitrateKbps });
    this.#tuning.setBitrate(bitrateKbps);
    this.#linkKbps = undefined;
    this.#logBitrate(before, by);
  }

  /** Applies the settings without interruption. False when they are already applied. */
  apply(settings: Settings): boolean {
    const before = this.bitrateKbps;
    if (!this.#tuning.apply(settings)) return false;
    this.#stream?.tune(this.tuning);
    this.#logBitrate(before, "operator");
    return true;
  }

  #lowered(fps: number): Pick<Required<Tuning>, "fps" | "picture"> | undefined {
    if (this.#picture === undefined) return undefined;
    const { width, height } = this.#picture;
    const isWhole = width === this.#mode.width && height === this.#mode.height;
    return {
      fps: Math.min(fps, this.#picture.fps),
      picture: isWhole ? undefined : { width, height },
    };
  }

  #logBitrate(from_kbps: number, by: Asker): void {
    const to_kbps = this.bitrateKbps;
    if (to_kbps === from_kbps) return;
    const atUs = this.#clock.nowUs();
    this.#loggedKbps = to_kbps;
    this.#loggedUs = atUs;
    this.#log.add({ atUs, action: "bitrate_changed", from_kbps, to_kbps, by });
  }

  /** The rate changes constantly on a full link: only significant changes are logged. */
  #logLink(): void {
    const to_kbps = this.bitrateKbps;
    const change = Math.abs(to_kbps / this.#loggedKbps - 1);
    const isBack = this.#linkKbps === undefined;
    const isDue = this.#clock.nowUs() - this.#loggedUs >= linkLogUs;
    if (change >= plainShare || (isDue && (isBack || change >= loggedShare))) {
      this.#logBitrate(this.#loggedKbps, "link");
    }
  }
}

function isMore(one: StreamPicture, other: StreamPicture): boolean {
  return one.width * one.height * one.fps > other.width * other.height * other.fps;
}

/** The same in every language. */
function pictureText({ width, height, fps }: StreamPicture): string {
  return `${width}x${height}@${Math.round(fps * 100) / 100}`;
}
