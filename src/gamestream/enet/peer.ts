/**
 * One ENet connection, as a host sees it: what came in becomes messages, what goes out is resent
 * until the player acknowledges it. Knows no socket and reads no clock.
 *
 * ENet itself proves nothing: a sender at the player's address can write its commands.
 * Only a message that opens shows that the player is there; a disconnect counts once no such
 * message follows it.
 */

import type { Micros } from "../../base/clock.ts";
import type { Peer } from "../../session/udp.ts";
import { EnetChannel, GroupWindow, type OpenChannel } from "./channel.ts";
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
/** A player sends sealed pings every 100 ms: after a disconnect of its own none comes for this long. */
const leavingUs = 400e3;
/** What was under way together with the disconnect may still come. */
const overtakenUs = 150e3;
/** Messages that wait for an acknowledgement. */
const pendingCountMax = 256;
const acknowledgeCountMax = 64;
const commandsPerDatagram = 32;

export type PeerState = "verifying" | "connected" | "closed";

type Pending = {
  readonly channel: number;
  readonly sequence: number;
  readonly bytes: Buffer;
  firstUs: number;
  sentUs: number;
  dueUs: number;
  tries: number;
};

/** What a peer is made from. */
export type PeerFacts<Message> = {
  readonly id: number;
  readonly request: ConnectRequest;
  readonly address: Peer;
  readonly nowUs: Micros;
  /** Opens a message of the player; `undefined` when the player did not seal it. */
  open(data: Buffer): Message | undefined;
};

export class EnetPeer<Message> {
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
  readonly #open: (data: Buffer) => Message | undefined;
  readonly #channels: EnetChannel<Message>[];
  readonly #groups = new GroupWindow();
  readonly #pending: Pending[] = [];
  #acknowledges: Buffer[] = [];
  #rttVarianceUs = 0;
  #systemSequence = 0;
  /** When the player was last heard: a message that opened, or the connection's beginning. */
  heardUs: Micros;
  #disconnectUs: Micros | undefined;
  #pingedUs: Micros;

  constructor(facts: PeerFacts<Message>) {
    const { request, nowUs } = facts;
    this.#open = facts.open;
    this.id = facts.id;
    this.address = facts.address;
    this.connectId = request.connectId;
    this.#remote = request.peer & 0xfff;
    this.#mtu = Math.max(mtuMin, Math.min(mtuMax, request.mtu));
    const channelCount = Math.max(1, Math.min(channelCountMax, request.channelCount));
    this.#channels = Array.from({ length: channelCount }, () => new EnetChannel<Message>());
    this.heardUs = nowUs;
    this.#pingedUs = nowUs;
    const verify = { peer: this.id, mtu: this.#mtu, channelCount };
    const sequence = this.#nextSystemSequence();
    this.#queue(systemChannel, sequence, writeVerify({ ...verify, sequence }, request));
  }

  /** Bytes of the largest message that fits. */
  get messageBytesMax(): number {
    return this.#mtu - 28;
  }

  /** Nobody listened for so long: that was no silence. */
  forgive(us: number, nowUs: Micros): void {
    this.heardUs = Math.min(this.heardUs + us, nowUs) as Micros;
  }

  /** Nothing that opens came for ten seconds. */
  isSilent(nowUs: Micros): boolean {
    return nowUs - this.heardUs >= silenceMaxUs;
  }

  /** A disconnect came, and no message that opens after it. */
  hasLeft(nowUs: Micros): boolean {
    const atUs = this.#disconnectUs;
    if (atUs === undefined) return false;
    if (this.heardUs - atUs > overtakenUs) this.#disconnectUs = undefined;
    return this.#disconnectUs !== undefined && nowUs - atUs >= leavingUs;
  }

  /** Takes one command; gives the messages that are due now. */
  receive(command: EnetCommand, sentMs: number | undefined, nowUs: Micros): readonly Message[] {
    if (command.data !== undefined) return this.receiveMessage(command, sentMs, nowUs);
    this.#acknowledge(command, sentMs);
    if (command.number === enetCommand.acknowledge) this.#settle(command, nowUs);
    if (command.number === enetCommand.disconnect) this.#disconnectUs ??= nowUs;
    return [];
  }

  /** The same for a command that carries a message. One that does not open is as if it never came. */
  receiveMessage(
    command: EnetCommand,
    sentMs: number | undefined,
    nowUs: Micros,
  ): readonly Message[] {
    const { data } = command;
    if (data === undefined || this.state !== "connected") return [];
    const open = () => {
      const message = this.#open(data);
      if (message !== undefined) this.heardUs = nowUs;
      return message;
    };
    const due = this.#deliver(command, open);
    if (due !== undefined) this.#acknowledge(command, sentMs);
    return due ?? [];
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

  /**
   * The one datagram that ends the connection. With its sent time: by that the player knows it, and
   * reads the reason that was sent before it first.
   */
  farewell(nowUs: Micros): Buffer {
    return writeDatagram(this.#remote, sentMsOf(nowUs), [writeDisconnect()]);
  }

  #acknowledge(command: EnetCommand, sentMs: number | undefined): void {
    if (!command.wantsAck || sentMs === undefined || this.state === "verifying") return;
    if (this.#acknowledges.length >= acknowledgeCountMax) return;
    this.#acknowledges.push(writeAcknowledge(command, sentMs));
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
    this.#pending.push({ channel, sequence, bytes, firstUs: 0, sentUs: 0, dueUs: 0, tries: 0 });
  }

  #markSent(each: Pending, nowUs: Micros): void {
    if (each.tries > 0) this.resentCount += 1;
    else each.firstUs = nowUs;
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
    const sentMs = sentMsOf(nowUs);
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
    this.#measureSettled(settled, command, nowUs);
    if (this.state === "verifying" && command.channel === systemChannel) this.state = "connected";
  }

  /**
   * Of a command that was sent twice only the time that the acknowledgement echoes says which one it is
   * for. Where a queue stands on the way all of them are: without it the round trip would stay as it was.
   */
  #measureSettled(settled: Pending, command: EnetCommand, nowUs: Micros): void {
    if (settled.tries === 1) this.#measure(nowUs - settled.sentUs);
    else if (command.bytes.length >= 8) {
      const echoedMs = (sentMsOf(nowUs) - command.bytes.readUInt16BE(6)) & 0xffff;
      const sampleUs = echoedMs * 1000;
      if (sampleUs <= nowUs - settled.firstUs + 1000) this.#measure(sampleUs);
    }
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

  /** `undefined` when it is as if the command had not come. */
  #deliver(command: EnetCommand, open: OpenChannel<Message>): readonly Message[] | undefined {
    const channel = this.#channels[command.channel];
    if (channel === undefined) return undefined;
    const second = command.bytes.readUInt16BE(4);
    switch (command.number) {
      case enetCommand.reliable:
        return channel.receiveReliable(command.sequence, open);
      case enetCommand.unreliable:
        return listOf(channel.receiveUnreliable(command.sequence, second, open));
      case enetCommand.unsequenced:
        return this.#receiveUnsequenced(second, open);
      default:
        return undefined;
    }
  }

  #receiveUnsequenced(group: number, open: OpenChannel<Message>): readonly Message[] | undefined {
    const message = this.#groups.isFresh(group) ? open() : undefined;
    if (message !== undefined) this.#groups.add(group);
    return listOf(message);
  }
}

function listOf<Message>(message: Message | undefined): readonly Message[] | undefined {
  return message === undefined ? undefined : [message];
}

/** The low sixteen bits of the time in milliseconds. */
function sentMsOf(nowUs: Micros): number {
  return Math.floor(nowUs / 1000) & 0xffff;
}
