/**
 * One ENet connection, as a host sees it: incoming commands become messages, outgoing ones are
 * resent until the player acknowledges them. Knows no socket and reads no clock.
 *
 * ENet itself proves nothing: a sender at the player's address can write its commands. Only a
 * message that opens shows that the player is there; a disconnect counts once no such message
 * follows it.
 */

import type { Micros } from "../../base/clock.ts";
import type { Peer } from "../../session/udp.ts";
import { EnetChannel, GroupWindow, type OpenChannel } from "./channel.ts";
import { ReliableCommands, sentMsOf } from "./reliable-commands.ts";
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
/** On both ends; none of our messages is larger than one datagram. */
const mtuMax = 900;
const mtuMin = 576;
export const silenceMaxUs = 10e6;
const pingEveryUs = 500e3;
/**
 * A player sends sealed pings every 100 ms: after its own disconnect none arrives for this long.
 */
const leavingUs = 400e3;
/** Messages sent together with the disconnect may still arrive. */
const overtakenUs = 150e3;
const acknowledgeCountMax = 64;
const commandsPerDatagram = 32;

export type PeerState = "verifying" | "connected" | "closed";

/** Options of a peer. */
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
  readonly #remote: number;
  readonly #mtu: number;
  readonly #open: (data: Buffer) => Message | undefined;
  readonly #channels: EnetChannel<Message>[];
  readonly #groups = new GroupWindow();
  readonly #commands = new ReliableCommands();
  #acknowledges: Buffer[] = [];
  #systemSequence = 0;
  /** When the player was last heard: a message that opened, or the connection's start. */
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
    const bytes = writeVerify({ ...verify, sequence }, request);
    this.#commands.add({ channel: systemChannel, sequence, bytes });
  }

  /** Smoothed, measured on commands that were sent once; `undefined` before the first. */
  get rttUs(): number | undefined {
    return this.#commands.rttUs;
  }

  /** Resent messages. */
  get resentCount(): number {
    return this.#commands.resentCount;
  }

  /** Size of the largest message that fits. */
  get messageBytesMax(): number {
    return this.#mtu - 28;
  }

  /** Nobody listened for this long: that was not silence. */
  forgive(us: number, nowUs: Micros): void {
    this.heardUs = Math.min(this.heardUs + us, nowUs) as Micros;
    if (this.#disconnectUs === undefined) return;
    this.#disconnectUs = Math.min(this.#disconnectUs + us, nowUs) as Micros;
  }

  /** No message has opened for ten seconds. */
  isSilent(nowUs: Micros): boolean {
    return nowUs - this.heardUs >= silenceMaxUs;
  }

  /** A disconnect arrived, and no message that opens after it. */
  hasLeft(nowUs: Micros): boolean {
    const atUs = this.#disconnectUs;
    if (atUs === undefined) return false;
    if (this.heardUs - atUs > overtakenUs) this.#disconnectUs = undefined;
    return this.#disconnectUs !== undefined && nowUs - atUs >= leavingUs;
  }

  /** Processes one command; returns the messages that are due now. */
  receive(command: EnetCommand, sentMs: number | undefined, nowUs: Micros): readonly Message[] {
    if (command.data !== undefined) return this.receiveMessage(command, sentMs, nowUs);
    this.#acknowledge(command, sentMs);
    if (command.number === enetCommand.acknowledge) this.#settle(command, nowUs);
    if (command.number === enetCommand.disconnect) this.#disconnectUs ??= nowUs;
    return [];
  }

  /** The same for a command with a message. One that does not open is ignored. */
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
    if (this.state !== "connected" || this.#commands.isFull || line === undefined) return false;
    if (data.length > this.messageBytesMax) return false;
    line.outSequence = (line.outSequence + 1) & 0xffff;
    const sequence = line.outSequence;
    this.#commands.add({ channel, sequence, bytes: writeReliable(channel, sequence, data) });
    return true;
  }

  /** Datagrams that are due. Called after each receipt, each send and every few milliseconds. */
  takeDatagrams(nowUs: Micros): Buffer[] {
    if (this.state === "connected" && nowUs - this.#pingedUs >= pingEveryUs) this.#ping(nowUs);
    const due = this.#commands.takeDue(nowUs);
    if (due.length === 0 && this.#acknowledges.length === 0) return [];
    const acknowledges = this.#acknowledges;
    this.#acknowledges = [];
    return this.#pack([...acknowledges, ...due], nowUs);
  }

  /**
   * The datagram that ends the connection. With its sent time: it identifies the datagram for the
   * player, which first reads the reason sent before it.
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
    if (!this.#commands.isEmpty) return;
    const sequence = this.#nextSystemSequence();
    this.#commands.add({ channel: systemChannel, sequence, bytes: writePing(sequence) });
  }

  #nextSystemSequence(): number {
    this.#systemSequence = (this.#systemSequence + 1) & 0xffff;
    return this.#systemSequence;
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
    const isSettled = this.#commands.settle(command, nowUs);
    const isVerified = isSettled && command.channel === systemChannel;
    if (this.state === "verifying" && isVerified) this.state = "connected";
  }

  /** `undefined` if the command is ignored. */
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
