/**
 * A player's report of one block: how many shards arrived, how many did not. Sent when a block
 * needed repair or was dropped, never if all its data arrived.
 *
 *   0 u32 BE frame     4 u16 BE highest sequence   6 u16 BE next contiguous   8 u16 BE missing
 *  10 u16 BE data     12 u16 BE parity            14 u16 BE data received    16 u16 BE parity received
 *  18 u8 percent      19 u8 block                 20 u8 block count
 */
const statusBytes = 21;

export type FecStatus = {
  readonly frame: number;
  /** Not received before the highest received sequence. */
  readonly missingCount: number;
  readonly dataCount: number;
  readonly parityCount: number;
  readonly dataReceived: number;
  readonly parityReceived: number;
  readonly block: number;
};

/** `undefined` when the figures contradict each other. */
export function readFecStatus(payload: Buffer): FecStatus | undefined {
  if (payload.length < statusBytes) return undefined;
  const status: FecStatus = {
    frame: payload.readUInt32BE(0),
    missingCount: payload.readUInt16BE(8),
    dataCount: payload.readUInt16BE(10),
    parityCount: payload.readUInt16BE(12),
    dataReceived: payload.readUInt16BE(14),
    parityReceived: payload.readUInt16BE(16),
    block: payload.readUInt8(19),
  };
  const { dataCount, parityCount } = status;
  const isSound =
    status.dataReceived <= dataCount &&
    status.parityReceived <= parityCount &&
    status.missingCount <= dataCount + parityCount;
  return isSound ? status : undefined;
}
