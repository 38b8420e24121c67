/** Totals of a reading, in the units in which they are shown. Pure. */
import type { InterfaceTotals, MachineTotals } from "../ports/machine.ts";
import type { MachineReading } from "./files.ts";

const ticksPerSecond = 100;

/** Facts of the watch besides a reading. */
export type WatchTotals = Pick<
  MachineTotals,
  "process" | "threads" | "mainPauseSeconds" | "collector"
> & {
  readonly interfaces: readonly {
    readonly name: string;
    readonly speedMbps: number | undefined;
    readonly wirelessMbps: number | undefined;
  }[];
};

/** Everything that was not read is left out. */
export function totalsOf(reading: MachineReading, known: WatchTotals): MachineTotals {
  const { cpu, process, pressureUs, memory, gpu } = reading;
  return {
    process: known.process,
    cpuSeconds: scaled(cpu?.all, 1 / ticksPerSecond),
    cpuBusySeconds: scaled(cpu?.busy, 1 / ticksPerSecond),
    processSeconds: scaled(process?.ticks, 1 / ticksPerSecond),
    majorFaults: process?.majorFaults,
    threads: known.threads,
    mainPauseSeconds: known.mainPauseSeconds,
    collector: known.collector,
    pressureSeconds: {
      cpu: scaled(pressureUs.cpu, 1e-6),
      memory: scaled(pressureUs.memory, 1e-6),
      io: scaled(pressureUs.io, 1e-6),
    },
    ...memory,
    udpSendErrors: reading.udpSendErrors,
    udpReceiveErrors: reading.udpReceiveErrors,
    clockHertz: scaled(reading.mhz, 1e6),
    clockMaxHertz: scaled(reading.mhzMax, 1e6),
    throttles: reading.throttles,
    hottestCelsius: reading.hottestCelsius,
    gpu: {
      busyShare: gpu.busyShare,
      encoderShare: gpu.encoderShare,
      memoryBytes: gpu.memoryBytes,
      celsius: gpu.celsius,
      clockHertz: scaled(gpu.mhz, 1e6),
      powerLimitWatts: gpu.powerLimitWatts,
    },
    interfaces: known.interfaces.map((one) => interfaceTotals(one, reading)),
  };
}

function interfaceTotals(
  { name, speedMbps, wirelessMbps }: WatchTotals["interfaces"][number],
  { interfaces, wireless }: MachineReading,
): InterfaceTotals {
  return { name, speedMbps, wirelessMbps, ...interfaces.get(name), ...wireless.get(name) };
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
