/** Cost of the native send path: cut, protect, seal and hand over one frame, pacing off. */
import { systemClock } from "../../src/base/clock.ts";
import { Sender } from "../../src/native/sender.ts";
import { UdpPort } from "../../src/native/udp.ts";
import { packetBytesDefault, packetOverheadBytes } from "../../src/stages/packet.ts";
import { ParityTarget } from "../../src/stages/parity-target.ts";
import { Opener, Sealer } from "../../src/stages/seal.ts";
import { encodedFrame } from "../support/encoded-frame.ts";

const packetCount = 42;
const frameCount = 3000;
const warmUpCount = 300;
const clock = systemClock();
const media = { key: crypto.getRandomValues(new Uint8Array(16)), tag: 1 };
const byteCount = packetCount * (packetBytesDefault - packetOverheadBytes);

/** Nearest rank over the frames after warming up. */
function report(name: string, timesUs: number[]): void {
  const sorted = timesUs.slice(warmUpCount).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  console.log(`${name.padEnd(58)} p50 ${at(0.5)} us  p99 ${at(0.99)} us  (${sorted.length} runs)`);
}

async function benchSend(percent: number): Promise<void> {
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
  const sender = new Sender({
    clock,
    sealer: new Sealer(media),
    packetBytes: packetBytesDefault,
    pace: { frameIntervalUs: 1e6, share: 0 },
    parityTarget,
    outlet: {
      send: (datagrams, first) => near.send(datagrams, first, to),
      refused: () => undefined,
    },
    onTaken: () => undefined,
    onSent: (_frame, { takenUs, handedUs }) => {
      timesUs.push(handedUs - takenUs);
      done.resolve();
    },
    onBroken: () => undefined,
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
  report(
    `send: ${packetCount} packets of ${packetBytesDefault} bytes, ${percent} % parity, pacing off`,
    timesUs,
  );
}

function benchOpen(): void {
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
  report(`player: ${packetCount} packets opened`, timesUs);
}

await benchSend(0);
await benchSend(20);
benchOpen();
