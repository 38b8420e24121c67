/** What the lines of the chart "Machine" are called. One without a name does not compile. */
import type { MachineLineName } from "../model/machine-lines.ts";

/** The lines' names, in one language. */
export type MachineWords = Readonly<Record<MachineLineName, string>>;

export const machineEnglish: MachineWords = {
  cpu_busy_share: "all cores busy",
  cpu_others_share: "other programs, of all cores",
  cpu_encode_cores: "encode thread, of one core",
  cpu_send_cores: "send thread, of one core",
  cpu_own_cores: "recording and console, of one core",
  encode_run_delay_share: "encode thread waited for a core",
  send_run_delay_share: "send thread waited for a core",
  pressure_cpu_share: "some program waited for a core",
  pressure_memory_share: "some program waited for memory",
  pressure_io_share: "some program waited for a disk",
  cpu_clock_share: "clock, share of its maximum",
  gpu_busy_share: "GPU busy",
  gpu_encoder_share: "GPU encoder busy",
};

export const machineGerman: MachineWords = {
  cpu_busy_share: "alle Kerne belegt",
  cpu_others_share: "andere Programme, von allen Kernen",
  cpu_encode_cores: "Encoder-Thread, von einem Kern",
  cpu_send_cores: "Sende-Thread, von einem Kern",
  cpu_own_cores: "Aufzeichnung und Konsole, von einem Kern",
  encode_run_delay_share: "Encoder-Thread wartete auf einen Kern",
  send_run_delay_share: "Sende-Thread wartete auf einen Kern",
  pressure_cpu_share: "irgendein Programm wartete auf einen Kern",
  pressure_memory_share: "irgendein Programm wartete auf Speicher",
  pressure_io_share: "irgendein Programm wartete auf einen Datenträger",
  cpu_clock_share: "Takt, Anteil am Höchsttakt",
  gpu_busy_share: "GPU belegt",
  gpu_encoder_share: "GPU-Encoder belegt",
};
