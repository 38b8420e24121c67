/**
 * GNOME's own interface to its screens: Mutter's interfaces on the session bus, which need no
 * consent. A session there ends with the connection that made it.
 */
import { cutText } from "../base/cut-text.ts";
import { messageOf } from "../base/error-text.ts";
import { Obstacle } from "../base/obstacle.ts";
import type { BusCall, DBusConnection, Patience, SignalRule } from "../dbus/connection.ts";
import { type DBusValue, listOf, options, Variant } from "../dbus/wire/value.ts";
import type { DesktopOutput } from "./output.ts";

const cast = "org.gnome.Mutter.ScreenCast";
const remote = "org.gnome.Mutter.RemoteDesktop";
const display = "org.gnome.Mutter.DisplayConfig";
const castPath = "/org/gnome/Mutter/ScreenCast";
const remotePath = "/org/gnome/Mutter/RemoteDesktop";
const displayPath = "/org/gnome/Mutter/DisplayConfig";
const cursorEmbedded = 1;
const startPatience = { ms: 5000 };
/** PipeWire may report the end of pictures before GNOME reports that it ended them. */
const closedPatience = { ms: 500 };
const monitorCountMax = 32;

/** Whether a GNOME shell is on this bus. */
export function isMutterOffered(bus: DBusConnection): boolean {
  return bus.isOffered(cast);
}

/** The monitors of the desktop, by their connectors. Throws when Mutter does not answer. */
export function mutterOutputs(bus: DBusConnection): DesktopOutput[] {
  if (!isMutterOffered(bus)) throw new Obstacle("gnome_absent");
  const [, monitors] = monitorState(bus);
  return listOf(monitors).slice(0, monitorCountMax).map(outputOf);
}

/** ((connector, vendor, product, serial), modes, properties). */
function outputOf(monitor: DBusValue): DesktopOutput {
  const [names, modes] = listOf(monitor);
  const [connector = ""] = listOf(names);
  const current = listOf(modes).find((mode) => propertiesOf(mode).get("is-current") === true);
  const [, width, height] = listOf(current);
  return {
    name: cutText(String(connector), 100),
    width: Number(width ?? 0),
    height: Number(height ?? 0),
  };
}

/** The last member of a mode. */
function propertiesOf(mode: DBusValue): ReadonlyMap<DBusValue, DBusValue> {
  const last = listOf(mode).at(-1);
  return last instanceof Map ? last : new Map();
}

/** A monitor that is recorded. */
export type MutterCast = {
  /** PipeWire's number of the node that provides its pictures. */
  readonly node: number;
  /** Paths of the session that takes input, and of the stream that its positions refer to. */
  readonly input: { readonly session: string; readonly stream: string };
  /** Moves the pointer there and back, to trigger a repaint. */
  nudge(): void;
  /** Why it is over; `undefined` while it is not. Reads pending messages of the bus. */
  fault(): string | undefined;
  /** GNOME still runs, whatever happened to this. */
  isDesktopThere(): boolean;
  /** A person has ended it: GNOME runs, and its monitors are unchanged. */
  isWithdrawn(): boolean;
  /** GNOME has switched its monitors off. */
  isOff(): boolean;
};

/** Records a monitor, with its cursor, until the bus is closed. Throws with the reason. */
export function recordMonitor(bus: DBusConnection, connector: string): MutterCast {
  const before = monitorsNow(bus);
  const recorded = record(bus, (how) => {
    return { member: "RecordMonitor", signature: "sa{sv}", body: [connector, how] };
  });
  // A rotated or resized monitor ends its recording too.
  const isWithdrawn = () => recorded.isWithdrawn() && areMonitorsStill(bus, before);
  return { ...recorded, isWithdrawn };
}

/** False also if GNOME exits before it answers, as when a person signs out. */
function areMonitorsStill(bus: DBusConnection, before: string): boolean {
  try {
    return monitorsNow(bus) === before;
  } catch {
    return false;
  }
}

/**
 * Creates an additional monitor, as large as the consumer of its pictures asks PipeWire for, and
 * records that. It disappears when the bus is closed. Throws with the reason.
 */
export function recordVirtual(bus: DBusConnection): MutterCast {
  if (!isMutterOffered(bus)) throw new Obstacle("gnome_absent");
  return record(bus, (how) => ({ member: "RecordVirtual", signature: "a{sv}", body: [how] }));
}

type Recording = Pick<Asked, "member" | "signature" | "body">;

function record(bus: DBusConnection, recordingOf: (how: DBusValue) => Recording): MutterCast {
  const control = pathOf(ask(bus, remote, { path: remotePath, member: "CreateSession" }));
  const of = { destination: remote, path: control, interface: `${remote}.Session` };
  const id = String(bus.property(of, "SessionId") ?? "");
  const body = [options({ "remote-desktop-session-id": new Variant("s", id) })];
  const create = { path: castPath, member: "CreateSession", signature: "a{sv}", body };
  const session = pathOf(ask(bus, cast, create));
  const how = options({ "cursor-mode": new Variant("u", cursorEmbedded) });
  const stream = pathOf(ask(bus, cast, { ...recordingOf(how), path: session, of: "Session" }));
  const added = { path: stream, interface: `${cast}.Stream`, member: "PipeWireStreamAdded" };
  // A recording that takes input ends with its input session, and reports nothing itself.
  const closed = { path: control, interface: `${remote}.Session`, member: "Closed" };
  bus.watch(added);
  bus.watch(closed);
  ask(bus, remote, { path: control, member: "Start", of: "Session" });
  const [node = 0] = bus.signal(added, startPatience).body;
  const power = new Power(bus);
  let fault: string | undefined;
  const readFault = (patience?: Patience) => {
    fault ??= faultOf(bus, closed, patience);
    return fault;
  };
  return {
    node: Number(node),
    input: { session: control, stream },
    nudge: () => nudge(bus, control),
    fault: () => readFault(),
    isDesktopThere: () => isThere(bus),
    isWithdrawn: () => isThere(bus) && readFault(closedPatience) !== undefined,
    isOff: () => power.isOff(),
  };
}

/** The monitors and their use, to be compared: without the serial number of the state. */
function monitorsNow(bus: DBusConnection): string {
  return JSON.stringify([mutterOutputs(bus), monitorState(bus)[2]]);
}

/** (serial, monitors, where each of them is, properties). */
function monitorState(bus: DBusConnection): readonly DBusValue[] {
  const call = { destination: display, path: displayPath, interface: display };
  return bus.call({ ...call, member: "GetCurrentState" }).body;
}

function isThere(bus: DBusConnection): boolean {
  try {
    return isMutterOffered(bus);
  } catch {
    return false;
  }
}

/** Whether GNOME has its monitors switched on, as reported on each change. */
class Power {
  static readonly #changed = {
    path: displayPath,
    interface: "org.freedesktop.DBus.Properties",
    member: "PropertiesChanged",
  };
  readonly #bus: DBusConnection;
  #mode: DBusValue | undefined;

  constructor(bus: DBusConnection) {
    this.#bus = bus;
    bus.watch(Power.#changed);
    const of = { destination: display, path: displayPath, interface: display };
    this.#mode = bus.property(of, "PowerSaveMode");
  }

  isOff(): boolean {
    try {
      for (let signal = this.#take(); signal !== undefined; signal = this.#take()) {
        const changed = signal.body[1];
        if (changed instanceof Map) this.#mode = changed.get("PowerSaveMode") ?? this.#mode;
      }
    } catch {
      // The bus is gone, which ends the recording too.
      return false;
    }
    return Number(this.#mode ?? 0) > 0;
  }

  #take() {
    return this.#bus.takeSignal(Power.#changed);
  }
}

function nudge(bus: DBusConnection, control: string): void {
  for (const by of [1, -1]) {
    const move = { member: "NotifyPointerMotionRelative", signature: "dd", body: [by, 0] };
    ask(bus, remote, { ...move, path: control, of: "Session" });
  }
}

/** @param patience waits this long; otherwise only messages already received count. */
function faultOf(bus: DBusConnection, closed: SignalRule, patience?: Patience): string | undefined {
  try {
    if (patience === undefined && bus.takeSignal(closed) === undefined) return undefined;
    if (patience !== undefined) bus.signal(closed, patience);
    return "GNOME ended the recording";
  } catch (cause) {
    if (patience !== undefined) return undefined;
    return messageOf(cause);
  }
}

type Asked = Pick<BusCall, "path" | "member" | "signature" | "body"> & { readonly of?: string };

/** @param call `of` names the interface below the service's own. */
function ask(bus: DBusConnection, service: string, call: Asked): DBusValue | undefined {
  const { of, ...rest } = call;
  const name = of === undefined ? service : `${service}.${of}`;
  return bus.call({ ...rest, destination: service, interface: name }).body[0];
}

function pathOf(value: DBusValue | undefined): string {
  if (typeof value !== "string" || value === "") throw new Error("Mutter returned no object");
  return value;
}
