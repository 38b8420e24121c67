/**
 * The player's side of the control connection: connects, acknowledges, resends, keeps the order.
 * Written from the protocol, not from the host's code. Loses datagrams on request, both ways.
 */
const tickMs = 20;
const resendMs = 60;

type Pending = {
  readonly channel: number;
  readonly sequence: number;
  bytes: Buffer;
  sentMs: number;
};

export type EnetClientOptions = {
  readonly host: string;
  readonly port: number;
  readonly connectData: number;
  readonly connectId?: number;
  /** Whether to lose this datagram, coming or going. */
  isLost(): boolean;
  onMessage(data: Buffer): void;
  onDisconnect(): void;
};

export class EnetClient {
  readonly #options: EnetClientOptions;
  readonly #connected = Promise.withResolvers<void>();
  readonly #pending: Pending[] = [];
  readonly #outSequences = new Map<number, number>();
  readonly #inSequences = new Map<number, number>();
  readonly #held = new Map<string, Buffer>();
  readonly #connectId: number;
  #timer: Timer | undefined;
  #socket: Bun.udp.Socket<"buffer"> | undefined;
  #hostPeer = 0xfff;
  #group = 0;
  #systemSequence = 0;
  isConnected = false;

  constructor(options: EnetClientOptions) {
    this.#options = options;
    this.#connectId = options.connectId ?? 0x1234_5678;
  }

  async open(): Promise<void> {
    this.#socket = await Bun.udpSocket({
      hostname: this.#options.host === "127.0.0.1" ? "127.0.0.1" : "0.0.0.0",
      socket: {
        data: (_socket, bytes) => {
          if (!this.#options.isLost()) this.#receive(bytes);
        },
        error: () => undefined,
      },
    });
    this.#timer = setInterval(() => this.#resend(), tickMs);
    this.#queue(0xff, this.#connectCommand());
  }

  /** Resolves when the host has answered. */
  connected(): Promise<void> {
    return this.#connected.promise;
  }

  sendReliable(channel: number, data: Uint8Array): void {
    const bytes = Buffer.alloc(6 + data.length);
    bytes[0] = 0x86;
    bytes.writeUInt16BE(data.length, 4);
    bytes.set(data, 6);
    this.#queue(channel, bytes);
  }

  sendUnsequenced(channel: number, data: Uint8Array): void {
    this.#group = (this.#group + 1) & 0xffff;
    const bytes = Buffer.alloc(8 + data.length);
    bytes[0] = 0x49;
    bytes[1] = channel;
    bytes.writeUInt16BE(this.#group, 4);
    bytes.writeUInt16BE(data.length, 6);
    bytes.set(data, 8);
    this.#send(bytes);
  }

  /** Whatever is given, as a datagram. */
  sendRaw(bytes: Uint8Array): void {
    try {
      this.#socket?.send(bytes, this.#options.port, this.#options.host);
    } catch {
      // The host's port is closed; silence decides.
    }
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  /** Says goodbye, as a player that quits. */
  disconnect(): void {
    this.#send(Buffer.from([0x04, 0xff, 0, 0, 0, 0, 0, 0]));
    this.close();
  }

  /** Falls silent, as a player that was killed. */
  close(): void {
    clearInterval(this.#timer);
    this.#socket?.close();
    this.#socket = undefined;
  }

  #connectCommand(): Buffer {
    const bytes = Buffer.alloc(48);
    bytes[0] = 0x82;
    bytes.writeUInt16BE(0, 4);
    bytes[6] = 0xff;
    bytes[7] = 0xff;
    bytes.writeUInt32BE(900, 8);
    bytes.writeUInt32BE(65_536, 12);
    bytes.writeUInt32BE(48, 16);
    bytes.writeUInt32BE(5000, 28);
    bytes.writeUInt32BE(2, 32);
    bytes.writeUInt32BE(2, 36);
    bytes.writeUInt32BE(this.#connectId, 40);
    bytes.writeUInt32BE(this.#options.connectData, 44);
    return bytes;
  }

  #queue(channel: number, bytes: Buffer): void {
    const sequence =
      channel === 0xff ? ++this.#systemSequence : (this.#outSequences.get(channel) ?? 0) + 1;
    if (channel !== 0xff) this.#outSequences.set(channel, sequence);
    bytes[1] = channel;
    bytes.writeUInt16BE(sequence & 0xffff, 2);
    const pending = { channel, sequence: sequence & 0xffff, bytes, sentMs: performance.now() };
    this.#pending.push(pending);
    this.#send(bytes);
  }

  #resend(): void {
    for (const pending of this.#pending) {
      if (performance.now() - pending.sentMs < resendMs) continue;
      pending.sentMs = performance.now();
      this.#send(pending.bytes);
    }
  }

  #send(...commands: Buffer[]): void {
    if (this.#options.isLost()) return;
    const head = Buffer.alloc(4);
    head.writeUInt16BE(this.#hostPeer | 0x8000, 0);
    head.writeUInt16BE(Math.floor(performance.now()) & 0xffff, 2);
    this.sendRaw(Buffer.concat([head, ...commands]));
  }

  #receive(bytes: Buffer): void {
    const head = bytes.readUInt16BE(0);
    const isTimed = (head & 0x8000) !== 0;
    const sentMs = isTimed ? bytes.readUInt16BE(2) : 0;
    let at = isTimed ? 4 : 2;
    while (at + 4 <= bytes.length) at = this.#command(bytes, at, sentMs);
  }

  #command(bytes: Buffer, at: number, sentMs: number): number {
    const first = bytes.readUInt8(at);
    const channel = bytes.readUInt8(at + 1);
    const sequence = bytes.readUInt16BE(at + 2);
    if ((first & 0x80) !== 0) this.#acknowledge(channel, sequence, sentMs);
    switch (first & 15) {
      case 1:
        this.#settle(channel, bytes.readUInt16BE(at + 4));
        return at + 8;
      case 3:
        this.#verify(bytes.subarray(at, at + 44));
        return at + 44;
      case 4:
        this.#options.onDisconnect();
        return at + 8;
      case 5:
        return at + 4;
      case 6: {
        const length = bytes.readUInt16BE(at + 4);
        this.#deliver(channel, sequence, Buffer.from(bytes.subarray(at + 6, at + 6 + length)));
        return at + 6 + length;
      }
      default:
        throw new Error(`The host sent command "${first & 15}"`);
    }
  }

  #acknowledge(channel: number, sequence: number, sentMs: number): void {
    const bytes = Buffer.alloc(8);
    bytes[0] = 1;
    bytes[1] = channel;
    bytes.writeUInt16BE(sequence, 2);
    bytes.writeUInt16BE(sequence, 4);
    bytes.writeUInt16BE(sentMs, 6);
    this.#send(bytes);
  }

  #settle(channel: number, sequence: number): void {
    const index = this.#pending.findIndex(
      (each) => each.channel === channel && each.sequence === sequence,
    );
    if (index >= 0) this.#pending.splice(index, 1);
  }

  /** The answer to connect stands for its acknowledgement. */
  #verify(bytes: Buffer): void {
    if (bytes.readUInt32BE(40) !== this.#connectId) throw new Error("The connect id has changed");
    this.#hostPeer = bytes.readUInt16BE(4);
    this.#settle(0xff, 1);
    this.isConnected = true;
    this.#acknowledge(0xff, bytes.readUInt16BE(2), 0);
    this.#connected.resolve();
  }

  #deliver(channel: number, sequence: number, data: Buffer): void {
    const expected = ((this.#inSequences.get(channel) ?? 0) + 1) & 0xffff;
    const ahead = (sequence - expected) & 0xffff;
    if (ahead > 0x7000) return;
    this.#held.set(`${channel} ${sequence}`, data);
    for (let next = expected; ; next = (next + 1) & 0xffff) {
      const held = this.#held.get(`${channel} ${next}`);
      if (held === undefined) return;
      this.#held.delete(`${channel} ${next}`);
      this.#inSequences.set(channel, next);
      this.#options.onMessage(held);
    }
  }
}
