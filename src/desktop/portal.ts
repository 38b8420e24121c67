/**
 * The desktop portal, which every desktop has: it asks the person at the desktop once, and gives a
 * token with which it does not ask again. The session ends with the connection that made it.
 */
import type { Answer, DBusConnection, Patience } from "../dbus/connection.ts";
import { type DBusValue, options, Variant } from "../dbus/wire/value.ts";

const service = "org.freedesktop.portal.Desktop";
const root = "/org/freedesktop/portal/desktop";
const screenCast = "org.freedesktop.portal.ScreenCast";
const request = "org.freedesktop.portal.Request";
const sessionInterface = "org.freedesktop.portal.Session";
const monitors = 1;
const cursorEmbedded = 2;
const untilRevoked = 2;
/** Versions of the interface from which on there is something. */
const cursorSince = 2;
const tokenSince = 4;
const responses = { done: 0, refused: 1 };
/** A portal may have to start its backend first. */
const stepPatience: Patience = { ms: 10_000 };
const tokenLengthMax = 4096;

/** The person at the desktop said no. */
export class PortalRefusal extends Error {}

/** What a portal can do; `undefined` types where it has no screens to give. */
export type PortalAbilities = { readonly version: number; readonly types: number };

/** Asks nobody. Throws when no portal is there, or none for screens. */
export function portalAbilities(bus: DBusConnection): PortalAbilities {
  if (!bus.isOffered(service)) throw new Error("no desktop portal is installed");
  const of = { destination: service, path: root, interface: screenCast };
  const version = Number(bus.property(of, "version") ?? 0);
  const types = Number(bus.property(of, "AvailableSourceTypes") ?? 0);
  if ((types & monitors) === 0) throw new Error("the portal of this desktop gives no screens");
  return { version, types };
}

/** A screen that was given. */
export type PortalCast = {
  readonly node: number;
  /** Of a connection to PipeWire that may see this node alone: the caller's. */
  readonly descriptor: number;
  /** With which nobody is asked the next time; each is good for once. */
  readonly token: string | undefined;
  /** Why it is over; `undefined` while it is not. */
  fault(): string | undefined;
};

/** How a screen is asked for. */
export type PortalQuestion = {
  readonly token: string | undefined;
  /** For the answer of the person. */
  readonly patience: Patience;
  /** A dialog may be open from now on. */
  onAsking(): void;
};

/** Throws a `PortalRefusal` when the person says no, else an Error with what is in the way. */
export function castScreen(bus: DBusConnection, question: PortalQuestion): PortalCast {
  const abilities = portalAbilities(bus);
  const portal = new Portal(bus);
  const session = portal.createSession();
  const closed = { path: session, interface: sessionInterface, member: "Closed" };
  bus.watch(closed);
  portal.ask("SelectSources", { session, ...selectionOf(bus, abilities, question) });
  question.onAsking();
  const started = portal.ask("Start", { session, parent: "", patience: question.patience });
  const [node = 0] = listOf(listOf(started.get("streams"))[0]);
  const token = started.get("restore_token");
  const descriptor = portal.openRemote(session);
  const isToken = typeof token === "string" && token.length <= tokenLengthMax;
  return {
    node: Number(node),
    descriptor,
    token: isToken ? token : undefined,
    fault: () => (bus.takeSignal(closed) === undefined ? undefined : "the desktop withdrew it"),
  };
}

function selectionOf(
  bus: DBusConnection,
  { version, types }: PortalAbilities,
  { token }: PortalQuestion,
): { readonly more: Record<string, Variant> } {
  const of = { destination: service, path: root, interface: screenCast };
  const more: Record<string, Variant> = {
    types: new Variant("u", types & monitors),
    multiple: new Variant("b", false),
  };
  if (version >= cursorSince) {
    const modes = Number(bus.property(of, "AvailableCursorModes") ?? 0);
    if ((modes & cursorEmbedded) !== 0) more.cursor_mode = new Variant("u", cursorEmbedded);
  }
  if (version >= tokenSince) {
    more.persist_mode = new Variant("u", untilRevoked);
    if (token !== undefined) more.restore_token = new Variant("s", token);
  }
  return { more };
}

type Step = {
  readonly session?: string;
  readonly parent?: string;
  readonly more?: Readonly<Record<string, Variant>>;
  readonly patience?: Patience;
};

/** One portal's requests: each is answered by a signal of an object whose name we choose. */
class Portal {
  readonly #bus: DBusConnection;
  #count = 0;

  constructor(bus: DBusConnection) {
    this.#bus = bus;
  }

  createSession(): string {
    const more = { session_handle_token: new Variant("s", this.#token()) };
    const handle = this.ask("CreateSession", { more }).get("session_handle");
    if (typeof handle !== "string") throw new Error("the portal names no session");
    return handle;
  }

  /** The results of a request. Its signal is watched before it is made: it may come at once. */
  ask(member: string, step: Step): ReadonlyMap<DBusValue, DBusValue> {
    const { session, parent, more = {}, patience = stepPatience } = step;
    const token = this.#token();
    const sender = this.#bus.name.slice(1).replaceAll(".", "_");
    const rule = {
      path: `${root}/request/${sender}/${token}`,
      interface: request,
      member: "Response",
    };
    this.#bus.watch(rule);
    const texts = [session, parent].filter((text) => text !== undefined);
    const body = [...texts, options({ handle_token: new Variant("s", token), ...more })];
    const signature = `${session === undefined ? "" : "o"}${parent === undefined ? "" : "s"}a{sv}`;
    this.#call(member, signature, body);
    const [response, results] = this.#bus.signal(rule, patience).body;
    if (response === responses.refused) throw new PortalRefusal("access was denied on the desktop");
    if (response !== responses.done) throw new Error(`the portal ended ${member} (${response})`);
    return results instanceof Map ? results : new Map();
  }

  openRemote(session: string): number {
    const answer = this.#call("OpenPipeWireRemote", "oa{sv}", [session, new Map()]);
    const descriptor = answer.descriptors[Number(answer.body[0] ?? 0)];
    if (descriptor === undefined) throw new Error("the portal gives no connection to PipeWire");
    return descriptor;
  }

  #call(member: string, signature: string, body: readonly DBusValue[]): Answer {
    const to = { destination: service, path: root, interface: screenCast };
    return this.#bus.call({ ...to, member, signature, body }, stepPatience);
  }

  #token(): string {
    this.#count += 1;
    return `onglass${process.pid}_${this.#count}_${crypto.randomUUID().slice(0, 8)}`;
  }
}

function listOf(value: DBusValue | undefined): readonly DBusValue[] {
  return Array.isArray(value) ? value : [];
}
