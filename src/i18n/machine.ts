/** What the lines of the chart "Machine" are called. One without a name does not compile. */
import type { MachineLineName } from "../model/machine-lines.ts";

/** The lines' names, in one language. */
export type MachineWords = Readonly<Record<MachineLineName, string>>;

export const machineEnglish: MachineWords = {
  cpu_busy_share: "processor busy, all cores",
  cpu_others_share: "other programs, all cores",
  cpu_encode_cores: "encode thread, one core",
  cpu_send_cores: "send thread, one core",
  cpu_own_cores: "recording and console, one core",
  encode_run_delay_share: "encode thread waited for a core",
  send_run_delay_share: "send thread waited for a core",
  pressure_cpu_share: "a program waited for a core",
  pressure_memory_share: "a program waited for memory",
  pressure_io_share: "a program waited for a disk",
  cpu_clock_share: "processor clock, of its maximum",
  gpu_busy_share: "GPU busy",
  gpu_encoder_share: "GPU encoder busy",
};

export const machineGerman: MachineWords = {
  cpu_busy_share: "Prozessorlast, alle Kerne",
  cpu_others_share: "andere Programme, alle Kerne",
  cpu_encode_cores: "Encoder-Thread, ein Kern",
  cpu_send_cores: "Sende-Thread, ein Kern",
  cpu_own_cores: "Aufzeichnung und Konsole, ein Kern",
  encode_run_delay_share: "Encoder-Thread wartete auf einen Kern",
  send_run_delay_share: "Sende-Thread wartete auf einen Kern",
  pressure_cpu_share: "ein Programm wartete auf einen Kern",
  pressure_memory_share: "ein Programm wartete auf Arbeitsspeicher",
  pressure_io_share: "ein Programm wartete auf einen Datenträger",
  cpu_clock_share: "Prozessortakt, vom Höchsttakt",
  gpu_busy_share: "GPU belegt",
  gpu_encoder_share: "GPU-Encoder belegt",
};
