/**
 * The desktop portal, which every desktop has: it asks the person at the desktop once, and returns
 * a token with which it does not ask again. The session ends with the connection that made it.
 */
import { Obstacle } from "../base/obstacle.ts";
import { type Answer, type DBusConnection, DBusError, type Patience } from "../dbus/connection.ts";
import { type DBusValue, listOf, options, Variant } from "../dbus/wire/value.ts";

const service = "org.freedesktop.portal.Desktop";
const root = "/org/freedesktop/portal/desktop";
const screenCast = "org.freedesktop.portal.ScreenCast";
const remoteDesktop = "org.freedesktop.portal.RemoteDesktop";
const request = "org.freedesktop.portal.Request";
const sessionInterface = "org.freedesktop.portal.Session";
const monitors = 1;
const cursorEmbedded = 2;
const untilRevoked = 2;
/** Versions of the interface that introduced a feature. */
const cursorSince = 2;
const tokenSince = 4;
const inputTokenSince = 2;
const keyboardAndPointer = 3;
const responses = { done: 0, refused: 1 };
/** Errors of a service that does not know an interface, by the library that it is built with. */
const unknownErrors = ["InvalidArgs", "UnknownInterface", "UnknownMethod", "UnknownObject"].map(
  (name) => `org.freedesktop.DBus.Error.${name}`,
);
/** A portal may have to start its backend first. */
const stepPatience: Patience = { ms: 10_000 };
const tokenLengthMax = 4096;

/** The person at the desktop refused. */
export class PortalRefusal extends Error {}

/** Abilities of a portal; `undefined` types if it offers no screens. */
export type PortalAbilities = { readonly version: number; readonly types: number };

/** Asks nobody. Throws when no portal is there, or none for screens. */
export function portalAbilities(bus: DBusConnection): PortalAbilities {
  if (!bus.isOffered(service)) throw new Obstacle("portal_absent");
  const version = screenProperty(bus, "version");
  const types = screenProperty(bus, "AvailableSourceTypes");
  if ((types & monitors) === 0) throw new Obstacle("portal_without_screens");
  return { version, types };
}

/** A portal without a backend for screens does not know their interface at all. */
function screenProperty(bus: DBusConnection, name: string): number {
  try {
    const of = { destination: service, path: root, interface: screenCast };
    return Number(bus.property(of, name) ?? 0);
  } catch (cause) {
    const isUnknown = cause instanceof DBusError && unknownErrors.includes(cause.code);
    throw isUnknown ? new Obstacle("portal_without_screens") : cause;
  }
}

/** A granted screen. */
export type PortalCast = {
  readonly node: number;
  /** Path of its session, and whether that accepts keyboard and mouse. */
  readonly session: string;
  readonly takesInput: boolean;
  /** The unit of positions on the screen; pixels if not reported. */
  readonly extent: { readonly width: number; readonly height: number } | undefined;
  /** Of a connection to PipeWire that may see only this node: the caller's. */
  readonly descriptor: number;
  /** Restores the permission next time without asking; each is valid once. */
  readonly token: string | undefined;
  /** Why it is over; `undefined` while it is not. */
  fault(): string | undefined;
  /** The desktop, or the person at it, has ended it. */
  isWithdrawn(): boolean;
};

/** Options for requesting a screen. */
export type PortalQuestion = {
  /** Keyboard and mouse too, even if the person is then asked every time. */
  readonly isInputWanted: boolean;
  readonly token: string | undefined;
  /** Deadline for the person's answer. */
  readonly patience: Patience;
  /** A dialog may be open from now on. */
  onAsking(): void;
};

/** Throws a `PortalRefusal` when the person refuses, otherwise an Error with the reason. */
export function castScreen(bus: DBusConnection, question: PortalQuestion): PortalCast {
  const abilities = portalAbilities(bus);
  const input = inputAbilities(bus);
  const takesInput =
    input.version >= inputTokenSince || (question.isInputWanted && input.version > 0);
  const portal = new Portal(bus, takesInput ? remoteDesktop : screenCast);
  const session = portal.createSession();
  const closed = { path: session, interface: sessionInterface, member: "Closed" };
  bus.watch(closed);
  if (takesInput) portal.ask("SelectDevices", { session, more: devicesOf(input, question) });
  const more = selectionOf(bus, abilities);
  // A session that accepts input stores all permissions as one.
  const kept = takesInput || abilities.version < tokenSince ? {} : persistence(question);
  portal.ask("SelectSources", { session, more: { ...more, ...kept }, interface: screenCast });
  question.onAsking();
  const started = portal.ask("Start", { session, parent: "", patience: question.patience });
  const [node = 0, properties] = listOf(listOf(started.get("streams"))[0]);
  const token = started.get("restore_token");
  const descriptor = portal.openRemote(session);
  const isToken = typeof token === "string" && token.length <= tokenLengthMax;
  const devices = Number(started.get("devices") ?? 0);
  let isWithdrawn = false;
  return {
    node: Number(node),
    descriptor,
    session,
    extent: extentOf(properties),
    takesInput: takesInput && (devices & keyboardAndPointer) !== 0,
    token: isToken ? token : undefined,
    fault: () => {
      isWithdrawn ||= bus.takeSignal(closed) !== undefined;
      return isWithdrawn ? "the desktop withdrew it" : undefined;
    },
    isWithdrawn: () => isWithdrawn,
  };
}

/** The size of a stream in the desktop's own units, if reported. */
function extentOf(properties: DBusValue | undefined): PortalCast["extent"] {
  const [width, height] = listOf(properties instanceof Map ? properties.get("size") : undefined);
  const isSize = typeof width === "number" && typeof height === "number";
  return isSize && width > 0 && height > 0 ? { width, height } : undefined;
}

/** Version 0 if the portal accepts no input. */
function inputAbilities(bus: DBusConnection): PortalAbilities {
  const of = { destination: service, path: root, interface: remoteDesktop };
  try {
    const version = Number(bus.property(of, "version") ?? 0);
    return { version, types: Number(bus.property(of, "AvailableDeviceTypes") ?? 0) };
  } catch (cause) {
    // No such interface: this desktop's portal does not have it.
    if (cause instanceof DBusError) return { version: 0, types: 0 };
    throw cause;
  }
}

function devicesOf({ version, types }: PortalAbilities, question: PortalQuestion): Options {
  const devices = { types: new Variant("u", types & keyboardAndPointer) };
  return version >= inputTokenSince ? { ...devices, ...persistence(question) } : devices;
}

function persistence({ token }: PortalQuestion): Options {
  const persist = { persist_mode: new Variant("u", untilRevoked) };
  return token === undefined ? persist : { ...persist, restore_token: new Variant("s", token) };
}

function selectionOf(bus: DBusConnection, { version, types }: PortalAbilities): Options {
  const of = { destination: service, path: root, interface: screenCast };
  const more: Record<string, Variant> = {
    types: new Variant("u", types & monitors),
    multiple: new Variant("b", false),
  };
  if (version < cursorSince) return more;
  const modes = Number(bus.property(of, "AvailableCursorModes") ?? 0);
  if ((modes & cursorEmbedded) !== 0) more.cursor_mode = new Variant("u", cursorEmbedded);
  return more;
}

type Options = Readonly<Record<string, Variant>>;

type Step = {
  readonly session?: string;
  readonly parent?: string;
  readonly more?: Options;
  /** The session's own unless given. */
  readonly interface?: string;
  readonly patience?: Patience;
};

/** Requests to one portal: each is answered by a signal of an object whose name we choose. */
class Portal {
  readonly #bus: DBusConnection;
  readonly #kind: string;
  #count = 0;

  /** @param kind the interface that creates and starts the session. */
  constructor(bus: DBusConnection, kind: string) {
    this.#bus = bus;
    this.#kind = kind;
  }

  createSession(): string {
    const more = { session_handle_token: new Variant("s", this.#token()) };
    const handle = this.ask("CreateSession", { more }).get("session_handle");
    if (typeof handle !== "string") throw new Error("the portal returned no session");
    return handle;
  }

  /**
   * The results of a request. Its signal is watched before the request is made: it may arrive at
   * once.
   */
  ask(member: string, step: Step): ReadonlyMap<DBusValue, DBusValue> {
    const { session, parent, more = {}, patience = stepPatience } = step;
    const token = this.#token();
    const sender = this.#bus.name.slice(1).replaceAll(".", "_");
    const on = step.interface ?? this.#kind;
    const rule = {
      path: `${root}/request/${sender}/${token}`,
      interface: request,
      member: "Response",
    };
    this.#bus.watch(rule);
    const texts = [session, parent].filter((text) => text !== undefined);
    const body = [...texts, options({ handle_token: new Variant("s", token), ...more })];
    const signature = `${session === undefined ? "" : "o"}${parent === undefined ? "" : "s"}a{sv}`;
    this.#call(on, [member, signature, body]);
    const [response, results] = this.#bus.signal(rule, patience).body;
    if (response === responses.refused) throw new PortalRefusal("access was denied on the desktop");
    if (response !== responses.done) throw new Error(`the portal ended ${member} (${response})`);
    return results instanceof Map ? results : new Map();
  }

  openRemote(session: string): number {
    const answer = this.#call(screenCast, ["OpenPipeWireRemote", "oa{sv}", [session, new Map()]]);
    const descriptor = answer.descriptors[Number(answer.body[0] ?? 0)];
    if (descriptor === undefined) throw new Error("the portal returned no connection to PipeWire");
    return descriptor;
  }

  #call(
    on: string,
    [member, signature, body]: readonly [string, string, readonly DBusValue[]],
  ): Answer {
    const to = { destination: service, path: root, interface: on };
    return this.#bus.call({ ...to, member, signature, body }, stepPatience);
  }

  #token(): string {
    this.#count += 1;
    return `onglass${process.pid}_${this.#count}_${crypto.randomUUID().slice(0, 8)}`;
  }
}
