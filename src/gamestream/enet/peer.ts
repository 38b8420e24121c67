/**
 * One ENet connection, as a host sees it: what came in becomes messages, what goes out is resent
 * until the player acknowledges it. Knows no socket and reads no clock.
 */

import type { Micros } from "../../base/clock.ts";
import type { Peer } from "../../session/udp.ts";
import { EnetChannel, GroupWindow } from "./channel.ts";
import {
  type ConnectRequest,
  type EnetCommand,
  enetCommand,
  systemChannel,
  writeAcknowledge,
  writeDatagram,
  writeDisconnect,
  writePing,
  writeReliable,
  writeVerify,
} from "./wire.ts";

export const channelCountMax = 48;
/** Of both ends; no message of ours is larger than one datagram. */
const mtuMax = 900;
const mtuMin = 576;
export const silenceMaxUs = 10e6;
const pingEveryUs = 500e3;
const resendFirstUs = 500e3;
const resendMaxUs = 2e6;
const resendMinUs = 30e3;
/** Messages that wait for an acknowledgement. */
const pendingCountMax = 256;
const acknowledgeCountMax = 64;
const commandsPerDatagram = 32;

export type PeerState = "verifying" | "connected" | "closed";

type Pending = {
  readonly channel: number;
  readonly sequence: number;
  readonly bytes: Buffer;
  sentUs: number;
  dueUs: number;
  tries: number;
};

export class EnetPeer {
  readonly id: number;
  readonly connectId: Buffer;
  state: PeerState = "verifying";
  address: Peer;
  /** Smoothed, measured on commands that were sent once; `undefined` before the first. */
  rttUs: number | undefined;
  /** Messages sent again. */
  resentCount = 0;

  readonly #remote: number;
  readonly #mtu: number;
  readonly #channels: EnetChannel[];
  readonly #groups = new GroupWindow();
  readonly #pending: Pending[] = [];
  #acknowledges: Buffer[] = [];
  #rttVarianceUs = 0;
  #systemSequence = 0;
  #heardUs: Micros;
  #pingedUs: Micros;

  constructor(facts: {
    readonly id: number;
    readonly request: ConnectRequest;
    readonly address: Peer;
    readonly nowUs: Micros;
  }) {
    const { request, nowUs } = facts;
    this.id = facts.id;
    this.address = facts.address;
    this.connectId = request.connectId;
    this.#remote = request.peer & 0xfff;
    this.#mtu = Math.max(mtuMin, Math.min(mtuMax, request.mtu));
    const channelCount = Math.max(1, Math.min(channelCountMax, request.channelCount));
    this.#channels = Array.from({ length: channelCount }, () => new EnetChannel());
    this.#heardUs = nowUs;
    this.#pingedUs = nowUs;
    const verify = { peer: this.id, mtu: this.#mtu, channelCount };
    const sequence = this.#nextSystemSequence();
    this.#queue(systemChannel, sequence, writeVerify({ ...verify, sequence }, request));
  }

  /** Bytes of the largest message that fits. */
  get messageBytesMax(): number {
    return this.#mtu - 28;
  }

  isSilent(nowUs: Micros): boolean {
    return nowUs - this.#heardUs >= silenceMaxUs;
  }

  /** Takes one command; returns the messages that it makes deliverable, with their channel. */
  receive(command: EnetCommand, sentMs: number | undefined, nowUs: Micros): readonly Buffer[] {
    this.#heardUs = nowUs;
    if (command.wantsAck && sentMs !== undefined && this.state !== "verifying") {
      if (this.#acknowledges.length < acknowledgeCountMax) {
        this.#acknowledges.push(writeAcknowledge(command, sentMs));
      }
    }
    if (command.number === enetCommand.acknowledge) this.#settle(command, nowUs);
    if (command.data === undefined || this.state !== "connected") return [];
    return this.#deliver(command, command.data);
  }

  /** False when the player does not keep up, or the message does not fit a datagram. */
  sendReliable(channel: number, data: Uint8Array): boolean {
    const line = this.#channels[channel];
    const isFull = this.#pending.length >= pendingCountMax;
    if (this.state !== "connected" || isFull || line === undefined) return false;
    if (data.length > this.messageBytesMax) return false;
    line.outSequence = (line.outSequence + 1) & 0xffff;
    this.#queue(channel, line.outSequence, writeReliable(channel, line.outSequence, data));
    return true;
  }

  /** Datagrams that are due. Called after each receipt, each send and every few milliseconds. */
  takeDatagrams(nowUs: Micros): Buffer[] {
    if (this.state === "connected" && nowUs - this.#pingedUs >= pingEveryUs) this.#ping(nowUs);
    const due = this.#pending.filter((each) => each.dueUs <= nowUs);
    if (due.length === 0 && this.#acknowledges.length === 0) return [];
    for (const each of due) this.#markSent(each, nowUs);
    const acknowledges = this.#acknowledges;
    this.#acknowledges = [];
    return this.#pack([...acknowledges, ...due.map((each) => each.bytes)], nowUs);
  }

  /** The one datagram that tells the player that this is over. */
  farewell(): Buffer {
    return writeDatagram(this.#remote, undefined, [writeDisconnect()]);
  }

  #ping(nowUs: Micros): void {
    this.#pingedUs = nowUs;
    if (this.#pending.length > 0) return;
    const sequence = this.#nextSystemSequence();
    this.#queue(systemChannel, sequence, writePing(sequence));
  }

  #nextSystemSequence(): number {
    this.#systemSequence = (this.#systemSequence + 1) & 0xffff;
    return this.#systemSequence;
  }

  #queue(channel: number, sequence: number, bytes: Buffer): void {
    this.#pending.push({ channel, sequence, bytes, sentUs: 0, dueUs: 0, tries: 0 });
  }

  #markSent(each: Pending, nowUs: Micros): void {
    if (each.tries > 0) this.resentCount += 1;
    each.tries += 1;
    each.sentUs = nowUs;
    const waitUs =
      this.rttUs === undefined
        ? resendFirstUs
        : this.rttUs + 4 * Math.max(this.#rttVarianceUs, 1e3);
    const growth = Math.min(each.tries, 3);
    each.dueUs = nowUs + Math.min(resendMaxUs, Math.max(resendMinUs, waitUs) * growth);
  }

  #pack(commands: readonly Buffer[], nowUs: Micros): Buffer[] {
    const sentMs = Math.floor(nowUs / 1000) & 0xffff;
    const datagrams: Buffer[] = [];
    let batch: Buffer[] = [];
    let size = 4;
    for (const bytes of commands) {
      if (size + bytes.length > this.#mtu || batch.length === commandsPerDatagram) {
        datagrams.push(writeDatagram(this.#remote, sentMs, batch));
        batch = [];
        size = 4;
      }
      batch.push(bytes);
      size += bytes.length;
    }
    datagrams.push(writeDatagram(this.#remote, sentMs, batch));
    return datagrams;
  }

  #settle(command: EnetCommand, nowUs: Micros): void {
    const sequence = command.bytes.readUInt16BE(4);
    const index = this.#pending.findIndex(
      (each) => each.channel === command.channel && each.sequence === sequence && each.tries > 0,
    );
    const [settled] = index < 0 ? [] : this.#pending.splice(index, 1);
    if (settled === undefined) return;
    // Of a command that was sent twice nobody knows which one was acknowledged.
    if (settled.tries === 1) this.#measure(nowUs - settled.sentUs);
    if (this.state === "verifying" && command.channel === systemChannel) this.state = "connected";
  }

  #measure(sampleUs: number): void {
    if (this.rttUs === undefined) {
      this.rttUs = sampleUs;
      this.#rttVarianceUs = sampleUs / 2;
      return;
    }
    const difference = sampleUs - this.rttUs;
    this.#rttVarianceUs += (Math.abs(difference) - this.#rttVarianceUs) / 4;
    this.rttUs += difference / 8;
  }

  #deliver(command: EnetCommand, data: Buffer): readonly Buffer[] {
    const channel = this.#channels[command.channel];
    if (channel === undefined) return [];
    const second = command.bytes.readUInt16BE(4);
    switch (command.number) {
      case enetCommand.reliable:
        return channel.receiveReliable(command.sequence, data);
      case enetCommand.unreliable:
        return channel.receiveUnreliable(command.sequence, second) ? [data] : [];
      case enetCommand.unsequenced:
        return this.#groups.isFresh(second) ? [data] : [];
      default:
        return [];
    }
  }
}
