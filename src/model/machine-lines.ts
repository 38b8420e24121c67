/**
 * What of the machine's figures is drawn in the chart "Machine": shares of the time or of a core, so
 * that they share one axis, in percent. The page loads this file too: no schema here.
 */
import { namesOf } from "../base/record.ts";
import type { Machine } from "./machine.ts";

/** A line of the chart. */
export type MachineLine = {
  readonly description: string;
  /** Name of a colour in the style sheet. */
  readonly color: string;
  readonly isDashed?: true;
  /** Its pair of colours when two captures are compared; absent if it is left out there. */
  readonly pair?: 0 | 1 | 2;
  /** A high value marks a bad moment. */
  readonly isBad?: true;
  /** From 0 to 1, or cores; `undefined` if it was not measured. */
  read(machine: Machine, windowUs: number): number | undefined;
};

const lines = {
  cpu_busy_share: {
    description: "Busy share of all cores",
    color: "ink",
    pair: 0,
    read: (machine) => machine.cpu_busy_share,
  },
  cpu_others_share: {
    description: "Share of all cores that other programs used",
    color: "encode",
    pair: 1,
    read: (machine) => machine.cpu_others_share,
  },
  cpu_encode_cores: {
    description: "Share of one core used by the encode thread",
    color: "send",
    read: (machine) => machine.cpu_encode_cores,
  },
  cpu_send_cores: {
    description: "Share of one core used by the send thread",
    color: "capture",
    read: (machine) => machine.cpu_send_cores,
  },
  cpu_own_cores: {
    description: "Share of one core used by recorder, history, API and console",
    color: "muted",
    isDashed: true,
    read: (machine) => machine.cpu_own_cores,
  },
  encode_run_delay_share: {
    description: "Share of the time in which the encode thread waited for a core",
    color: "alarm",
    pair: 2,
    isBad: true,
    read: (machine, windowUs) => ofWindow(machine.encode_run_delay_us, windowUs),
  },
  send_run_delay_share: {
    description: "Share of the time in which the send thread waited for a core",
    color: "alarm",
    isDashed: true,
    isBad: true,
    read: (machine, windowUs) => ofWindow(machine.send_run_delay_us, windowUs),
  },
  pressure_cpu_share: {
    description: "Share of the time in which something waited for a core",
    color: "packetize",
    read: (machine) => machine.pressure_cpu_share,
  },
  pressure_memory_share: {
    description: "Share of the time in which something waited for memory",
    color: "other",
    isBad: true,
    read: (machine) => machine.pressure_memory_share,
  },
  pressure_io_share: {
    description: "Share of the time in which something waited for a disk",
    color: "gap",
    read: (machine) => machine.pressure_io_share,
  },
  cpu_clock_share: {
    description: "Clock of the cores, as a share of their maximum",
    color: "capture",
    isDashed: true,
    read: ({ cpu_mhz, cpu_max_mhz }) =>
      cpu_mhz === undefined || !cpu_max_mhz ? undefined : Math.min(1, round(cpu_mhz / cpu_max_mhz)),
  },
  gpu_busy_share: {
    description: "Busy share of the GPU's 3D engine",
    color: "submit",
    read: (machine) => machine.gpu_busy_share,
  },
  gpu_encoder_share: {
    description: "Busy share of the GPU's encoder",
    color: "submit",
    isDashed: true,
    read: (machine) => machine.gpu_encoder_share,
  },
} as const satisfies Readonly<Record<string, MachineLine>>;

/** The name of a line: of its column in a series, and of its texts. */
export type MachineLineName = keyof typeof lines;
/** All of them, in the order of the legend. */
export const machineLineNames: readonly MachineLineName[] = namesOf(lines);
export const machineLines: Readonly<Record<MachineLineName, MachineLine>> = lines;

function ofWindow(us: number | undefined, windowUs: number): number | undefined {
  return us === undefined || windowUs <= 0 ? undefined : round(us / windowUs);
}

function round(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}
