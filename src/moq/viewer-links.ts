/**
 * The bitrate of a broadcast follows the links of its viewers: from the arrival times of single
 * frames, reported by the pages once a second. All share one encoder, so the fastest viewer
 * decides: a slower one skips, as usual, and nobody else notices. Without reports the requested
 * bitrate applies.
 */

import { modeLimits } from "../model/limits.ts";
import type { FramesSeen } from "../model/watch.ts";
import { LinkFollower } from "../session/link-follower.ts";
import type { StreamControl } from "../session/stream-control.ts";
import type { SeenFrames } from "./seen-frames.ts";

/** A frame that a page had completely; times on the host's clock, as the page estimates it. */
export type ArrivedFrame = {
  /** When it came out of the encoder, and when the page had all of it. */
  readonly leftUs: number;
  readonly completeUs: number;
  readonly byteCount: number;
};

type Options = {
  /** The last frames of the broadcast; joins reports to them. */
  readonly frames?: SeenFrames;
  /** Kbit/s. */
  askedKbps(): number;
  followsBitrate(): boolean;
};

/**
 * As often as native players report; the shortest delay within this time is not the page's own
 * pause.
 */
const groupUs = 50_000;
/** Connections that are followed at the same time; further ones count as not reporting. */
const viewerCountMax = 64;

/** One per broadcast. */
export class ViewerLinks {
  readonly #options: Options;
  readonly #links = new Map<number, ViewerLink>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Per frame: reports will name it. */
  publish(frame: Parameters<SeenFrames["add"]>[0]): void {
    this.#options.frames?.add(frame);
  }

  /** A viewer's report of single frames, if it has any. */
  report(peerId: number, seen: FramesSeen | undefined, nowUs: number): void {
    if (seen === undefined) return;
    this.add(peerId, this.#options.frames?.onReport(seen, nowUs) ?? []);
  }

  /** Frames of a viewer's report, in the order in which they came. */
  add(peerId: number, frames: readonly ArrivedFrame[]): void {
    const link = this.#links.get(peerId) ?? this.#begin(peerId);
    for (const frame of frames) link?.add(frame);
  }

  remove(peerId: number): void {
    this.#links.delete(peerId);
  }

  /** @param peerIds those that watch now */
  kbpsFor(peerIds: readonly number[]): number {
    const asked = this.#options.askedKbps();
    if (peerIds.length === 0) return asked;
    return Math.max(...peerIds.map((id) => this.#links.get(id)?.targetKbps ?? asked));
  }

  /** A few times a second: the broadcast is encoded for the current viewers. */
  follow(control: StreamControl, peerIds: readonly number[]): void {
    const follows = control.settings.bitrate_follows_link;
    control.followLink(follows ? this.kbpsFor(peerIds) : control.askedKbps);
  }

  #begin(peerId: number): ViewerLink | undefined {
    if (this.#links.size >= viewerCountMax) return undefined;
    const link = new ViewerLink(this.#options);
    this.#links.set(peerId, link);
    return link;
  }
}

class ViewerLink {
  targetKbps: number;
  readonly #follower: LinkFollower;
  #frameCount = 0;
  #bytes = 0;
  #latestUs = 0;
  /** The group that is being collected. */
  #sinceUs: number | undefined;
  #delayUs = Number.POSITIVE_INFINITY;

  constructor(options: Options) {
    this.targetKbps = options.askedKbps();
    this.#follower = new LinkFollower({
      ...{ askedKbps: options.askedKbps, followsBitrate: options.followsBitrate },
      floorKbps: modeLimits.bitrateKbpsMin,
      // TCP's own headers are a few in a hundred.
      load: () => ({
        ...{ mediaBytes: this.#bytes, wireBytes: this.#bytes },
        datagramCount: this.#frameCount,
      }),
      onTarget: (kbps) => {
        this.targetKbps = kbps;
      },
    });
  }

  add({ leftUs, completeUs, byteCount }: ArrivedFrame): void {
    // In order over one connection: an apparently earlier arrival is an error of the page's clock.
    this.#latestUs = Math.max(this.#latestUs, completeUs);
    this.#sinceUs ??= this.#latestUs;
    this.#frameCount += 1;
    this.#bytes += byteCount;
    this.#delayUs = Math.min(this.#delayUs, completeUs - leftUs);
    if (this.#latestUs - this.#sinceUs < groupUs) return;
    this.#follower.add({
      ...{ atUs: this.#latestUs, delayUs: this.#delayUs, lateUs: 0 },
      // Nothing is lost over TCP.
      ...{ sequence: this.#frameCount, receivedCount: this.#frameCount },
      receivedBytes: this.#bytes,
    });
    this.#sinceUs = this.#latestUs;
    this.#delayUs = Number.POSITIVE_INFINITY;
  }
}
