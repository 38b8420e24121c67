/**
 * Per frame: processes the authentic datagrams of one session: each counted once, frames assembled,
 * the host's clock measured, and all of it reported.
 */
import type { Opened, Report } from "../wire/messages.ts";
import {
  emptyShardHeader,
  packetOverheadBytes,
  pingBytes,
  readPong,
  readShardHeader,
  shardHeaderBytes,
  viewOf,
  writePing,
} from "../wire/packet.ts";
import { SequenceWindow } from "../wire/sequence-window.ts";
import { Assembly } from "./assembly.ts";
import { ClockOffset } from "./clock-offset.ts";
import { FrameReports } from "./frame-reports.ts";

const patienceUs = 30_000;
const sequenceCountMax = 16_384;
/** Twice the size of uncompressed pixels, and room for parameter sets. */
const pictureBytesMax = 3;
const parameterBytesMax = 65_536;

/** The part of a report about arrivals. */
type ArrivalReport = Omit<Report, "idr_requests" | "paused_us" | "waited_us">;

/** Of one session, from its first datagram. */
export class Reception {
  /** Datagrams by result. */
  readonly arrivals = new SequenceWindow({ sequenceCountMax });
  /** Frames by result. */
  readonly assembly: Assembly;
  readonly #offset = new ClockOffset();
  readonly #reports = new FrameReports();
  readonly #header = emptyShardHeader();
  readonly #ping = new Uint8Array(pingBytes);
  readonly #onRtt: (rttUs: number) => void;
  /** The shortest since the last report. */
  #rttUs: number | undefined;

  constructor({ width, height, packet_bytes }: Opened, onRtt: (rttUs: number) => void) {
    const shardBytes = packet_bytes - packetOverheadBytes;
    const frameBytesMax = width * height * pictureBytesMax + parameterBytesMax;
    this.assembly = new Assembly({ shardBytes, patienceUs, frameBytesMax });
    this.#onRtt = onRtt;
  }

  /** True when a frame is complete now. @param plain of a datagram that `arrivals` had not seen */
  add(plain: Uint8Array, nowUs: number): boolean {
    const view = viewOf(plain);
    if (readShardHeader(view, this.#header)) {
      this.#reports.onShard(this.#header, nowUs);
      const isComplete = this.assembly.add(this.#header, plain.subarray(shardHeaderBytes), nowUs);
      if (isComplete) this.#reportComplete(nowUs);
      return isComplete;
    }
    const pong = readPong(view);
    const rttUs = pong === undefined ? undefined : this.#offset.add(pong, nowUs);
    if (rttUs === undefined) return false;
    this.#rttUs = Math.min(this.#rttUs ?? rttUs, rttUs);
    this.#onRtt(rttUs);
    return false;
  }

  /** To be sealed and sent; valid until the next call. */
  ping(nowUs: number): Uint8Array {
    writePing(viewOf(this.#ping), nowUs);
    return this.#ping;
  }

  /** From the host's time to the player's; `undefined` while the host's clock is unknown. */
  latencyUs(completeUs: number, captureUs: number): number | undefined {
    const { offsetUs } = this.#offset;
    return offsetUs === undefined ? undefined : Math.max(0, completeUs + offsetUs - captureUs);
  }

  /** Frames and round trips are reported once. */
  report(nowUs: number): ArrivalReport {
    const { arrivals, assembly: frames } = this;
    const { highest } = arrivals;
    const facts = this.#reports.take(nowUs);
    const rttUs = this.#rttUs;
    this.#rttUs = undefined;
    return {
      ...(highest === undefined ? {} : { highest_sequence: highest }),
      settled_sequence: arrivals.settled,
      packets_received: arrivals.receivedCount,
      packets_lost: arrivals.lostCount,
      packets_duplicate: arrivals.duplicateCount,
      packets_reordered: arrivals.reorderedCount,
      packets_late: arrivals.lateCount,
      packets_stale: arrivals.staleCount,
      fec_recovered: frames.recoveredCount,
      frames_complete: frames.completeCount,
      frames_lost: frames.lostCount,
      frames_skipped: frames.skippedCount,
      ...(rttUs === undefined ? {} : { rtt_us: Math.round(rttUs) }),
      ...(facts === undefined ? {} : { frames: facts }),
    };
  }

  #reportComplete(nowUs: number): void {
    const { frame, captureUs } = this.#header;
    const latencyUs = this.latencyUs(nowUs, captureUs);
    this.#reports.onComplete(frame, latencyUs, this.assembly.rebuiltCount);
  }
}
