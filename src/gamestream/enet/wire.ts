/**
 * Bytes of the ENet subset that a GameStream host needs; all fields big-endian.
 *
 *   datagram  u16 peer (12 bits) | session << 12 | 0x4000 compressed | 0x8000 sent time follows,
 *             [u16 sent time in ms], commands
 *   command   u8 number | 0x80 wants ack | 0x40 unsequenced, u8 channel, u16 sequence, fields, data
 *
 * Neither compression nor checksums nor fragments: players do not use them here.
 */
export const enetCommand = {
  acknowledge: 1,
  connect: 2,
  verifyConnect: 3,
  disconnect: 4,
  ping: 5,
  reliable: 6,
  unreliable: 7,
  unsequenced: 9,
} as const;

/** Channel of commands that belong to the connection itself. */
export const systemChannel = 0xff;
/** Peer number in the first datagram of a connection. */
export const noPeer = 0xfff;
export const wantsAck = 0x80;
export const isUnsequenced = 0x40;

/** Bytes of each command by its number, data left out; 0 = not known. */
const sizes = [0, 8, 48, 44, 8, 4, 6, 8, 24, 8, 12, 16, 24];
const commandCountMax = 64;
const timedFlag = 0x8000;
const compressedFlag = 0x4000;

export type EnetCommand = {
  readonly number: number;
  readonly wantsAck: boolean;
  readonly channel: number;
  readonly sequence: number;
  /** The whole command, header included, data left out. */
  readonly bytes: Buffer;
  readonly data: Buffer | undefined;
};

export type EnetDatagram = {
  readonly peer: number;
  readonly session: number;
  readonly sentMs: number | undefined;
  readonly commands: readonly EnetCommand[];
};

/** Commands up to the first that is malformed; `undefined` when there is not even a header. */
export function readDatagram(bytes: Buffer): EnetDatagram | undefined {
  if (bytes.length < 2) return undefined;
  const head = bytes.readUInt16BE(0);
  const isTimed = (head & timedFlag) !== 0;
  let at = isTimed ? 4 : 2;
  if ((head & compressedFlag) !== 0 || bytes.length < at) return undefined;
  const commands: EnetCommand[] = [];
  while (commands.length < commandCountMax) {
    const command = readCommand(bytes, at);
    if (command === undefined) break;
    commands.push(command);
    at += command.bytes.length + (command.data?.length ?? 0);
  }
  const sentMs = isTimed ? bytes.readUInt16BE(2) : undefined;
  return { peer: head & 0xfff, session: (head >> 12) & 3, sentMs, commands };
}

function readCommand(bytes: Buffer, at: number): EnetCommand | undefined {
  if (at + 4 > bytes.length) return undefined;
  const first = bytes.readUInt8(at);
  const number = first & 15;
  const size = sizes[number] ?? 0;
  if (size === 0 || at + size > bytes.length) return undefined;
  const dataBytes = dataBytesOf(bytes, at, number);
  if (at + size + dataBytes > bytes.length) return undefined;
  return {
    number,
    wantsAck: (first & wantsAck) !== 0,
    channel: bytes.readUInt8(at + 1),
    sequence: bytes.readUInt16BE(at + 2),
    bytes: bytes.subarray(at, at + size),
    data: hasData(number) ? bytes.subarray(at + size, at + size + dataBytes) : undefined,
  };
}

function hasData(number: number): boolean {
  return number >= enetCommand.reliable && number <= enetCommand.unsequenced;
}

function dataBytesOf(bytes: Buffer, at: number, number: number): number {
  if (!hasData(number)) return 0;
  return bytes.readUInt16BE(at + (number === enetCommand.reliable ? 4 : 6));
}

export type ConnectRequest = {
  /** The player's own number for us. */
  readonly peer: number;
  readonly mtu: number;
  readonly window: number;
  readonly channelCount: number;
  /** Throttle interval, acceleration, deceleration: returned unchanged. */
  readonly throttle: Buffer;
  readonly connectId: Buffer;
  /** The data that SETUP told the player to present. */
  readonly data: number;
};

export function readConnect({ bytes }: EnetCommand): ConnectRequest {
  return {
    peer: bytes.readUInt16BE(4),
    mtu: bytes.readUInt32BE(8),
    window: bytes.readUInt32BE(12),
    channelCount: bytes.readUInt32BE(16),
    throttle: Buffer.from(bytes.subarray(28, 40)),
    connectId: Buffer.from(bytes.subarray(40, 44)),
    data: bytes.readUInt32BE(44),
  };
}

export type Verify = {
  readonly sequence: number;
  /** Our number for the player. */
  readonly peer: number;
  readonly mtu: number;
  readonly channelCount: number;
};

export function writeVerify(verify: Verify, request: ConnectRequest): Buffer {
  const bytes = writeHead(44, enetCommand.verifyConnect | wantsAck, verify.sequence);
  bytes.writeUInt16BE(verify.peer, 4);
  bytes.writeUInt32BE(verify.mtu, 8);
  bytes.writeUInt32BE(Math.min(65_536, Math.max(4096, request.window)), 12);
  bytes.writeUInt32BE(verify.channelCount, 16);
  request.throttle.copy(bytes, 28);
  request.connectId.copy(bytes, 40);
  return bytes;
}

export function writeAcknowledge(command: EnetCommand, sentMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(enetCommand.acknowledge, 0);
  bytes.writeUInt8(command.channel, 1);
  bytes.writeUInt16BE(command.sequence, 2);
  bytes.writeUInt16BE(command.sequence, 4);
  bytes.writeUInt16BE(sentMs, 6);
  return bytes;
}

export function writePing(sequence: number): Buffer {
  return writeHead(4, enetCommand.ping | wantsAck, sequence);
}

export function writeDisconnect(): Buffer {
  return writeHead(8, enetCommand.disconnect | isUnsequenced, 0);
}

export function writeReliable(channel: number, sequence: number, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(6 + data.length);
  bytes.writeUInt8(enetCommand.reliable | wantsAck, 0);
  bytes.writeUInt8(channel, 1);
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt16BE(data.length, 4);
  bytes.set(data, 6);
  return bytes;
}

/** Reliable commands need `sentMs`, so that they can be acknowledged. */
export function writeDatagram(
  peer: number,
  sentMs: number | undefined,
  commands: readonly Buffer[],
): Buffer {
  const head = Buffer.alloc(sentMs === undefined ? 2 : 4);
  head.writeUInt16BE(peer | (sentMs === undefined ? 0 : timedFlag), 0);
  if (sentMs !== undefined) head.writeUInt16BE(sentMs & 0xffff, 2);
  return Buffer.concat([head, ...commands]);
}

function writeHead(bytes: number, first: number, sequence: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUInt8(first, 0);
  buffer.writeUInt8(systemChannel, 1);
  buffer.writeUInt16BE(sequence, 2);
  return buffer;
}
