/**
 * The control port: accepts only the player that has just launched. One connection at a time; a new
 * one of the same launch replaces the old.
 */
import { randomInt } from "node:crypto";
import type { Clock, Micros } from "../../base/clock.ts";
import { type Scheduler, Ticker, timers } from "../../base/scheduler.ts";
import { type Ending, ending } from "../../model/ending.ts";
import { Standstill } from "../../session/standstill.ts";
import { type Peer, UdpPort } from "../../session/udp.ts";
import { EnetPeer, silenceMaxUs } from "./peer.ts";
import {
  type ConnectRequest,
  type EnetCommand,
  type EnetDatagram,
  enetCommand,
  noPeer,
  readConnect,
  readDatagram,
} from "./wire.ts";

const tickMs = 10;
/** Time for the last message, such as the reason of an end, to arrive. */
const lingerUs = 300e3;
/** Farewells are not acknowledged: several of them, in case one is lost. */
const farewellCount = 3;
/** Random connection numbers: late datagrams and guesses match none. */
const peerIdCount = 0xfff;

/** The host's use of its connection; `Message` is the type of an opened message. */
export type EnetEvents<Message> = {
  /** Whether a connection with this data from this host is expected. */
  accept(data: number, address: Peer): boolean;
  onConnect(): void;
  /** Opens a message; `undefined` when the player did not seal it. */
  open(data: Buffer): Message | undefined;
  onMessage(message: Message): void;
  onDisconnect(why: Ending): void;
};

export class EnetHost<Message> {
  readonly #clock: Clock;
  readonly #events: EnetEvents<Message>;
  #udp: UdpPort | undefined;
  /** Runs while there is a peer: a host at rest does not wake up. */
  readonly #ticker: Ticker;
  readonly #standstill = new Standstill(tickMs);
  #peer: EnetPeer<Message> | undefined;
  /** Set while the connection lingers: its messages go to nobody. */
  #closeUs: number | undefined;

  constructor(clock: Clock, events: EnetEvents<Message>, scheduler: Scheduler = timers) {
    this.#clock = clock;
    this.#events = events;
    this.#ticker = new Ticker({ scheduler, intervalMs: tickMs, onTick: () => this.#tick() });
  }

  /** Rejects with `port_taken`. */
  async listen(at: Peer): Promise<void> {
    const onDatagram = (bytes: Uint8Array, from: Peer) => this.#receive(Buffer.from(bytes), from);
    this.#udp = await UdpPort.open(at, { onDatagram });
  }

  get isConnected(): boolean {
    return this.#peer?.state === "connected" && this.#closeUs === undefined;
  }

  /** Round trip of the control stream, `undefined` before it was measured. */
  get rttUs(): number | undefined {
    return this.#peer?.rttUs;
  }

  /** How long no message of the player has opened; 0 while nobody is connected. */
  silentUs(nowUs: Micros): number {
    return this.isConnected ? Math.max(0, nowUs - (this.#peer?.heardUs ?? nowUs)) : 0;
  }

  /** False when nobody is connected or the player does not keep up. */
  sendReliable(channel: number, data: Uint8Array): boolean {
    const isSent = this.#peer?.sendReliable(channel, data) ?? false;
    if (isSent) this.#flush();
    return isSent;
  }

  /** Ends the connection without calling `onDisconnect`, after sent messages may have arrived. */
  disconnectSoon(): void {
    if (this.#peer !== undefined) this.#closeUs ??= this.#clock.nowUs() + lingerUs;
  }

  /** The same at once. */
  disconnect(): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    this.#flush();
    this.#closeUs = 0;
    this.#drop(ending("stream_closed"));
    const farewell = peer.farewell(this.#clock.nowUs());
    for (let count = 0; count < farewellCount; count++) this.#send(farewell, peer.address);
  }

  close(): void {
    this.disconnect();
    this.#udp?.close();
  }

  #receive(bytes: Buffer, address: Peer): void {
    const datagram = readDatagram(bytes);
    if (datagram === undefined) return;
    if (datagram.peer === noPeer) this.#connect(datagram, address);
    else this.#takeCommands(datagram, address);
    this.#flush();
  }

  #connect({ commands }: EnetDatagram, address: Peer): void {
    const [command] = commands;
    if (command?.number !== enetCommand.connect) return;
    const request = readConnect(command);
    const isRepeat = this.#peer?.connectId.equals(request.connectId) === true;
    if (isRepeat || !this.#events.accept(request.data, address)) return;
    if (this.#peer !== undefined) this.#drop(ending("player_reconnected"));
    this.#peer = this.#welcome(request, address);
    this.#ticker.start();
  }

  #welcome(request: ConnectRequest, address: Peer): EnetPeer<Message> {
    const { open } = this.#events;
    const nowUs = this.#clock.nowUs();
    return new EnetPeer({ id: randomInt(peerIdCount), request, address, nowUs, open });
  }

  #takeCommands({ peer: id, session, sentMs, commands }: EnetDatagram, address: Peer): void {
    const peer = this.#peer;
    if (peer === undefined || peer.id !== id || session !== 0) return;
    if (peer.address.address !== address.address) return;
    const isMoved = peer.address.port !== address.port;
    const { heardUs } = peer;
    for (const command of commands) {
      this.#take(peer, { command, sentMs, isMoved });
      if (this.#peer !== peer) return;
    }
    // The port may change in transit, behind a router that restarted: the player proves its
    // identity.
    if (isMoved && peer.heardUs > heardUs) peer.address = address;
  }

  #take(
    peer: EnetPeer<Message>,
    came: { command: EnetCommand; sentMs: number | undefined; isMoved: boolean },
  ): void {
    const { command, sentMs, isMoved } = came;
    const wasConnected = peer.state === "connected";
    const nowUs = this.#clock.nowUs();
    const messages = isMoved
      ? peer.receiveMessage(command, sentMs, nowUs)
      : peer.receive(command, sentMs, nowUs);
    if (this.#closeUs !== undefined) return;
    if (!wasConnected && peer.state === "connected") this.#events.onConnect();
    for (const message of messages) this.#events.onMessage(message);
  }

  #tick(): void {
    const nowUs = this.#clock.nowUs();
    this.#peer?.forgive(this.#standstill.tick(nowUs), nowUs);
    if (this.#closeUs !== undefined && this.#closeUs <= this.#clock.nowUs()) this.disconnect();
    if (this.#peer?.hasLeft(this.#clock.nowUs())) this.#drop(ending("player_left"));
    else if (this.#peer?.isSilent(this.#clock.nowUs())) {
      this.#drop(ending("player_silent", { seconds: silenceMaxUs / 1e6 }));
    }
    this.#flush();
  }

  #drop(why: Ending): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    const isHeard = peer.state === "connected" && this.#closeUs === undefined;
    this.#peer = undefined;
    this.#closeUs = undefined;
    this.#ticker.stop();
    this.#standstill.rest();
    peer.state = "closed";
    if (isHeard) this.#events.onDisconnect(why);
  }

  #flush(): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    for (const datagram of peer.takeDatagrams(this.#clock.nowUs())) {
      this.#send(datagram, peer.address);
    }
  }

  #send(datagram: Buffer, address: Peer): void {
    // Datagrams that the kernel refuses are resent where it matters, and silence decides.
    this.#udp?.send([datagram], 0, address);
  }
}
