/**
 * The long form of the loss runs: for each share of loss one minute of a stream between two network
 * namespaces, with the kernel's own counter as the truth. Needs root, nftables and iproute2.
 */
import { NetworkRun, sumOf } from "../support/network-run.ts";

export const lossPercents = [0, 1, 5, 10] as const;

export type LossResult = {
  readonly percent: number;
  readonly seconds: number;
  /** Datagrams that the kernel lost, by its own count. */
  readonly lostCount: number;
  /** Sums over the samples. */
  readonly packetsDropped: number;
  readonly sendDropped: number;
  readonly fecRecovered: number;
  readonly framesLost: number;
  readonly framesDropped: number;
  /** Of the player's summary. */
  readonly frames: number;
  readonly packetsReceived: number;
};

/** One run; the loss lasts `seconds`. */
export async function measureLoss(percent: number, seconds = 60): Promise<LossResult> {
  await using run = await NetworkRun.start();
  const { lostCount, samples } = await run.lose(percent, seconds);
  const summary = await run.summary();
  return {
    percent,
    seconds,
    lostCount,
    packetsDropped: sumOf(samples, "packets_dropped"),
    sendDropped: sumOf(samples, "send_dropped"),
    fecRecovered: sumOf(samples, "fec_recovered"),
    framesLost: sumOf(samples, "frames_lost"),
    framesDropped: sumOf(samples, "frames_dropped"),
    frames: summary.frames,
    packetsReceived: summary.packets_received,
  };
}

/** Datagrams in flight when the loss began or ended. */
const edgeCount = 3;

/** What a result has to be; one sentence for each thing that it is not. */
export function faultsOf(result: LossResult): string[] {
  const { percent, lostCount, packetsDropped, fecRecovered, framesLost, sendDropped } = result;
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string) => {
    if (!holds) faults.push(`at ${percent} % loss ${fault}`);
  };
  expect(
    Math.abs(packetsDropped - lostCount) <= edgeCount,
    `samples say ${packetsDropped} lost, the kernel ${lostCount}`,
  );
  expect(sendDropped === 0, `${sendDropped} datagrams were refused by the kernel`);
  expect(lostCount > 0 === percent > 0, `the kernel lost ${lostCount}`);
  expect(fecRecovered > 0 === percent > 0, `${fecRecovered} shards were rebuilt`);
  // More loss is only known half a second after it began; until then it may cost frames.
  expect(framesLost === 0 || percent > 1, `${framesLost} frames were lost`);
  return faults;
}
