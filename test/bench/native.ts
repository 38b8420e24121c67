/** Cost of the native send path: cut, protect, seal and hand over one frame, pacing off. */
import { systemClock } from "../../src/base/clock.ts";
import { SealedPacketizer } from "../../src/native/host/packetizer.ts";
import { ParityTarget } from "../../src/native/host/parity-target.ts";
import { packetBytesDefault, packetOverheadBytes } from "../../src/native/wire/packet.ts";
import { Opener, Sealer } from "../../src/native/wire/seal.ts";
import { PacedSender } from "../../src/session/paced-sender.ts";
import { UdpPort } from "../../src/session/udp.ts";
import { encodedFrame } from "../support/encoded-frame.ts";
import { percentile, type Row } from "../support/measure.ts";

const packetCount = 42;
const frameCount = 3000;
const warmUpCount = 300;
const clock = systemClock();
const media = { key: crypto.getRandomValues(new Uint8Array(16)), tag: 1 };
const byteCount = packetCount * (packetBytesDefault - packetOverheadBytes);

export async function benchSend(): Promise<Row[]> {
  return [await sendFrames(0), await sendFrames(20), openFrames()];
}

/** Nearest rank over the frames after warming up. */
function rowOf(what: string, reach: string, timesUs: readonly number[]): Row {
  const later = timesUs.slice(warmUpCount);
  const [p50, p99] = [percentile(later, 0.5), percentile(later, 0.99)];
  return { what, reach, measured: `p50 ${p50} us, p99 ${p99} us of ${later.length} frames` };
}

async function sendFrames(percent: number): Promise<Row> {
  const parityTarget = new ParityTarget({ percentMin: percent, percentMax: percent });
  const far = await UdpPort.open(
    { address: "127.0.0.1", port: 0 },
    { onDatagram: () => undefined },
  );
  const near = await UdpPort.open(
    { address: "127.0.0.1", port: 0 },
    { onDatagram: () => undefined },
  );
  const to = { address: "127.0.0.1", port: far.port };
  const timesUs: number[] = [];
  let done = Promise.withResolvers<void>();
  const sender = new PacedSender({
    clock,
    packetizer: new SealedPacketizer({
      sealer: new Sealer(media),
      packetBytes: packetBytesDefault,
      parityTarget,
      onRefused: () => undefined,
    }),
    pace: { frameIntervalUs: 1e6, share: 0 },
    send: (datagrams, first) => near.send(datagrams, first, to),
    onTaken: () => undefined,
    onSent: ({ takenUs, handedUs }) => {
      timesUs.push(handedUs - takenUs);
      done.resolve();
    },
    onDropped: () => undefined,
  });
  const frame = encodedFrame({ isKey: true, byteCount });
  for (let count = 0; count < frameCount; count++) {
    done = Promise.withResolvers<void>();
    sender.push(frame);
    await done.promise;
    await Bun.sleep(0);
  }
  sender.close();
  near.close();
  far.close();
  const what = `send: ${packetCount} packets, ${percent} % parity, pacing off`;
  return rowOf(what, percent === 20 ? "p50 <= 300 us" : "", timesUs);
}

function openFrames(): Row {
  const sealer = new Sealer(media);
  const opener = new Opener(media);
  const plain = new Uint8Array(packetBytesDefault - packetOverheadBytes);
  const datagram = new Uint8Array(packetBytesDefault);
  const timesUs: number[] = [];
  for (let count = 0; count < frameCount; count++) {
    const length = sealer.seal(plain, datagram);
    const startUs = clock.nowUs();
    for (let packet = 0; packet < packetCount; packet++) opener.open(datagram.subarray(0, length));
    timesUs.push(clock.nowUs() - startUs);
  }
  return rowOf(`player: ${packetCount} packets opened`, "", timesUs);
}
