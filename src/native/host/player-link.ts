/**
 * Hot path: the datagrams between one session and its player, sealed both ways. They go to the
 * address that the newest authenticated datagram came from, and nowhere before there is one. The
 * player's pings are answered here.
 */
import type { Clock } from "../../base/clock.ts";
import type { Peer, UdpPort } from "../../session/udp.ts";
import {
  type ArrivalCounts,
  pongBytes,
  readArrivals,
  readPing,
  viewOf,
  writePong,
} from "../wire/packet.ts";
import { Opener, Sealer } from "../wire/seal.ts";
import { SequenceWindow } from "../wire/sequence-window.ts";
import { SendMarks } from "./send-marks.ts";

/** A player sends four pings a second. */
export const silenceUsMax = 4_000_000;
const sequenceCountMax = 4096;
/**
 * In one tick. A player sends two or three; a few more arrive at once after a stall of the link.
 */
const openedCountMax = 64;

type Options = {
  readonly clock: Clock;
  readonly udp: UdpPort;
  readonly tag: number;
  readonly keyToPlayer: Uint8Array;
  readonly keyToHost: Uint8Array;
  readonly packetBytes: number;
  /** The player has another address than before; or it is heard for the first time. */
  onMoved(to: Peer): void;
  /**
   * The player reports its arrivals so far.
   * @param sentUs when the newest of them was sent; `undefined` when that is too long ago
   */
  onArrivals(counts: Readonly<ArrivalCounts>, sentUs: number | undefined): void;
  /** The kernel did not accept a datagram with this sequence. */
  onRefused(sequence: number): void;
};

/** The UDP side of one native session. */
export class PlayerLink {
  /** For everything else that is sent to the player; its sequences are shared. */
  readonly sealer: Sealer;
  packetsSentCount = 0;
  /** Of whole datagrams. */
  bytesSentCount = 0;
  /** Answers to pings that the kernel did not accept. */
  pongsRefusedCount = 0;
  readonly #options: Options;
  readonly #opener: Opener;
  readonly #arrivals = new SequenceWindow({ sequenceCountMax });
  readonly #pong = new Uint8Array(pongBytes);
  readonly #pongDatagram: Uint8Array;
  readonly #counts: ArrivalCounts = {
    sequence: 0,
    arrivedUs: 0,
    receivedCount: 0,
    receivedBytes: 0,
    lateUs: 0,
  };
  readonly #marks = new SendMarks();
  #peer: Peer | undefined;
  #heardUs: number;
  /** Since the last tick. Only the player itself can make it grow. */
  #openedCount = 0;

  constructor(options: Options) {
    const { tag, keyToHost, keyToPlayer, packetBytes, clock } = options;
    this.#options = options;
    this.#opener = new Opener({ key: keyToHost, tag });
    this.sealer = new Sealer({ key: keyToPlayer, tag });
    this.#pongDatagram = new Uint8Array(packetBytes);
    this.#heardUs = clock.nowUs();
  }

  isSilent(nowUs: number): boolean {
    return nowUs - this.#heardUs > silenceUsMax;
  }

  /** How long nothing of the player has opened. */
  silentUs(nowUs: number): number {
    return nowUs - this.#heardUs;
  }

  /** A datagram that carries this session's tag, from anyone. */
  receive(datagram: Uint8Array, from: Peer): void {
    const sequence = this.#opener.readSequence(datagram);
    if (sequence === undefined || this.#arrivals.check(sequence) !== "new") return;
    if (this.#openedCount >= openedCountMax) return;
    const plain = this.#opener.open(datagram);
    if (plain === undefined) return;
    this.#openedCount += 1;
    const highest = this.#arrivals.highest;
    this.#arrivals.accept(sequence);
    const nowUs = this.#options.clock.nowUs();
    this.#heardUs = nowUs;
    if (highest === undefined || sequence > highest) this.#moveTo(from);
    const view = viewOf(plain);
    const sentUs = readPing(view);
    if (sentUs !== undefined) this.#answer(sentUs, nowUs);
    else if (readArrivals(view, this.#counts)) {
      this.#options.onArrivals(this.#counts, this.#marks.leftUs(this.#counts.sequence));
    }
  }

  /** Passes sealed datagrams from index `first` on to the kernel; returns how many it accepted. */
  send(datagrams: readonly Uint8Array[], first: number): number {
    if (this.#peer === undefined) return 0;
    const takenCount = this.#options.udp.send(datagrams, first, this.#peer);
    this.packetsSentCount += takenCount;
    for (let index = first; index < first + takenCount; index++) {
      this.bytesSentCount += datagrams[index]?.length ?? 0;
    }
    const leftEnd = this.sealer.nextSequence - (datagrams.length - first - takenCount);
    this.#marks.add(leftEnd, this.#options.clock.nowUs());
    return takenCount;
  }

  /** Ten times a second: overdue sequences are lost. @param stoodUs nobody listened */
  tick(stoodUs: number): void {
    this.#heardUs = Math.min(this.#heardUs + stoodUs, this.#options.clock.nowUs());
    this.#openedCount = 0;
    this.#arrivals.settle();
  }

  #moveTo(peer: Peer): void {
    if (this.#peer?.port === peer.port && this.#peer.address === peer.address) return;
    this.#peer = peer;
    this.#options.onMoved(peer);
  }

  #answer(sentUs: number, receivedUs: number): void {
    const answeredUs = this.#options.clock.nowUs();
    writePong(viewOf(this.#pong), { sentUs, receivedUs, answeredUs });
    const sequence = this.sealer.nextSequence;
    const byteCount = this.sealer.seal(this.#pong, this.#pongDatagram);
    if (this.send([this.#pongDatagram.subarray(0, byteCount)], 0) > 0) return;
    this.#options.onRefused(sequence);
    this.pongsRefusedCount += 1;
  }
}
