/**
 * What the machine did during one window, from files that Linux offers to everybody. A file that is
 * missing leaves its field out: a figure that was not measured is never 0.
 */
import { type Static, Type } from "@sinclair/typebox";

const figure = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }));

export const Machine = Type.Object(
  {
    cpu_busy_share: figure("Busy share of all cores, 0 to 1"),
    cpu_others_share: figure("Share of all cores that other programs used, 0 to 1"),
    cpu_process_cores: figure("Cores that this process used"),
    cpu_encode_cores: figure("Cores that the stream's encode thread used"),
    cpu_send_cores: figure("Cores that the stream's send thread used"),
    cpu_own_cores: figure(
      "Cores that recorder, history, API and console used: the cost of measuring",
    ),
    encode_run_delay_us: figure("Time in which the encode thread waited for a core"),
    send_run_delay_us: figure("Time in which the send thread waited for a core"),
    main_run_delay_us: figure("Time in which the main thread waited for a core"),
    collector_run_delay_us: figure(
      "Time in which the runtime’s garbage collector, which stream threads wait for, waited for a core",
    ),
    pressure_cpu_share: figure("Share of the time in which something waited for a core"),
    pressure_memory_share: figure("Share of the time in which something waited for memory"),
    pressure_io_share: figure("Share of the time in which something waited for a disk"),
    cpu_mhz: figure("Mean clock of the cores"),
    cpu_max_mhz: figure("Maximum clock of the cores"),
    cpu_throttle_count: figure("Times a core was throttled because of heat"),
    hottest_zone_celsius: figure("Hottest thermal zone"),
    memory_available_bytes: figure("Memory available to programs"),
    major_fault_count: figure("Pages that this process had to read from a disk"),
    swap_used_bytes: figure("Swap in use"),
    write_back_bytes: figure("Data waiting to be written to a disk"),
    udp_send_error_count: figure("Datagrams refused because of a full send buffer, all programs"),
    udp_receive_error_count: figure(
      "Datagrams dropped because of a full receive buffer, all programs",
    ),
    interface_drop_count: figure("Packets that the session's interface dropped"),
    interface_error_count: figure("Errors of the session's interface"),
    interface_sent_bytes: figure("Bytes sent by the session’s interface"),
    interface_received_bytes: figure("Bytes received by the session’s interface"),
    interface_speed_mbps: figure("Speed of the session's interface"),
    wireless_signal_dbm: Type.Optional(
      Type.Number({ description: "Signal of the wireless interface" }),
    ),
    wireless_bitrate_mbps: figure("Bit rate of the wireless interface"),
    wireless_retry_count: figure("Retries of the wireless interface"),
    wireless_missed_beacon_count: figure("Beacons that the wireless interface missed"),
    gpu_busy_share: figure("Busy share of the GPU's 3D engine, 0 to 1"),
    gpu_encoder_share: figure("Busy share of the GPU's encoder, 0 to 1"),
    gpu_memory_bytes: figure("GPU memory in use"),
    gpu_celsius: figure("Temperature of the GPU"),
    gpu_mhz: figure("Clock of the GPU"),
    gpu_power_limit_watts: figure("Power limit of the GPU"),
    main_pause_us: figure("Longest pause of the main thread's event loop"),
    main_collector_run_count: figure("Garbage collections on the main thread"),
    main_collector_us: figure("Their total time"),
    send_pause_us: figure("Longest pause of the send thread's event loop"),
    encode_pause_us: figure("Longest pause of the encode thread’s loop, without its work"),
    player_local: Type.Optional(
      Type.Boolean({ description: "The player runs on this machine; absent otherwise" }),
    ),
  },
  { $id: "Machine", description: "Figures of the machine during the window" },
);
/** The load of the machine during a stream. */
export type Machine = Static<typeof Machine>;
