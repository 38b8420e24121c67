/** A machine of which every figure is known, and one of which none is. */
import type { Machine } from "../../src/model/machine.ts";
import type { MachineTelling } from "../../src/ports/machine.ts";

/** What a window of a stream on a busy machine says. */
export const busyMachine: Machine = {
  ...{ cpu_busy_share: 0.9, cpu_others_share: 0.5, cpu_process_cores: 0.8, cpu_encode_cores: 0.5 },
  ...{ cpu_send_cores: 0.1, cpu_own_cores: 0.02, encode_run_delay_us: 200_000 },
  ...{ send_run_delay_us: 20_000, pressure_cpu_share: 0.4, pressure_memory_share: 0.01 },
  ...{ pressure_io_share: 0.03, cpu_mhz: 1500, cpu_max_mhz: 3000 },
  ...{ gpu_busy_share: 0.3, gpu_encoder_share: 0.2 },
};

export const knownMachine: MachineTelling = {
  totals: () => ({
    process: {
      ...{ cpuSeconds: 12.34, residentBytes: 2e8, virtualBytes: 8e10, threadCount: 21 },
      ...{ startedUnixSeconds: 1_782_504_843.5, openFileCount: 40, openFileCountMax: 1024 },
    },
    ...{ cpuSeconds: 100, cpuBusySeconds: 40, processSeconds: 12.34, majorFaults: 3 },
    threads: {
      encode: { ran: 5, waited: 0.5 },
      send: { ran: 1, waited: 0.25 },
      main: { ran: 2, waited: 0.1 },
    },
    mainPauseSeconds: 0.75,
    collector: { runs: 12, seconds: 0.03 },
    pressureSeconds: { cpu: 7, memory: 0, io: 1.5 },
    ...{ availableBytes: 1e9, swapUsedBytes: 0, writeBackBytes: 4096 },
    ...{ udpSendErrors: 2, udpReceiveErrors: 0 },
    ...{ clockHertz: 2e9, clockMaxHertz: 3e9, throttles: 1, hottestCelsius: 61 },
    gpu: {
      ...{ busyShare: 0.5, encoderShare: 0.25, memoryBytes: 1e8, celsius: 55 },
      ...{ clockHertz: 1e9, powerLimitWatts: 120 },
    },
    interfaces: [
      {
        ...{ name: "wlan0", sentBytes: 1000, receivedBytes: 500, drops: 1, errors: 0 },
        ...{ speedMbps: 1000, signalDbm: -60, wirelessMbps: 866.7, retries: 9, missedBeacons: 2 },
      },
    ],
  }),
};

export const silentMachine: MachineTelling = {
  totals: () => ({
    threads: { encode: undefined, send: undefined, main: undefined },
    mainPauseSeconds: 0,
    pressureSeconds: { cpu: undefined, memory: undefined, io: undefined },
    gpu: {},
    interfaces: [],
  }),
};
