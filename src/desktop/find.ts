/**
 * What this machine can stream, in the order in which `auto` tries it: a compositor that supports
 * capture, GNOME, the portal, an X server.
 */
import { existsSync, readdirSync } from "node:fs";
import { messageOf } from "../base/error-text.ts";
import type { ObstacleCode } from "../base/obstacle.ts";
import { printable } from "../base/printable.ts";
import type { DBusConnection } from "../dbus/connection.ts";
import { openSessionBus, sessionBusPath } from "../dbus/session-bus.ts";
import { PipewireConnection, pipewireSocket } from "../pipewire/connection.ts";
import { findDisplay, listDisplays, socketOf } from "../wayland/display.ts";
import { listKdeOutputs } from "../wayland/kde-screencast.ts";
import { listOutputs } from "../wayland/screen.ts";
import { isMutterOffered, mutterOutputs } from "./mutter.ts";
import { portalAbilities } from "./portal.ts";
import { canStartSession } from "./private-session.ts";
import { canMakeSwayOutput } from "./sway-output.ts";

/** A name that can be given to `--source`. */
export type ListedSource = {
  readonly source: string;
  /** In pixels, where it is known before the source is streamed. */
  readonly width?: number;
  readonly height?: number;
  /** Why it cannot be streamed. */
  readonly problem?: string;
};

/** A source in the order of `auto`. */
export type AutoCandidate = {
  readonly source: string;
  /** A missing prerequisite: it need not be tried. */
  readonly missing?: ObstacleCode;
};

/** Everything that `auto` knows, in its order, including what cannot exist here. */
export function autoOrder(): AutoCandidate[] {
  const { WAYLAND_DISPLAY, DISPLAY } = process.env;
  const displays = listDisplays();
  const named = WAYLAND_DISPLAY || displays.length === 1 ? [""] : displays;
  const wayland = WAYLAND_DISPLAY || displays.length > 0 ? named : [];
  const compositor = wayland.length > 0 ? {} : ({ missing: "no_compositor" } as const);
  const bus = isThere(sessionBusPath()) ? {} : ({ missing: "no_session_bus" } as const);
  return [
    ...wayland.map((display) => ({ source: `wayland:${display}` })),
    ...(wayland.length > 0 ? [] : [{ source: "wayland:", ...compositor }]),
    { source: "kde:", ...compositor },
    { source: "gnome:", ...bus },
    { source: "portal:", ...bus },
    DISPLAY ? { source: `x11:${DISPLAY}` } : { source: "x11:", missing: "no_display" },
    { source: "testsrc" },
  ];
}

/**
 * Everything that exists, with sizes where known. Contacts nobody; blocks this thread meanwhile.
 */
export function listSources(): ListedSource[] {
  return [
    ...waylandSources(),
    ...kdeSources(),
    ...busSources(),
    ...screenSources(),
    ...nodeSources(),
    ...(canMakeSwayOutput() || isGnomeThere() ? [{ source: "virtual:" }] : []),
    ...(canStartSession() ? [{ source: "session:" }] : []),
    { source: "testsrc" },
  ];
}

/** Including the one of the environment when nothing listens there: then with the reason. */
function displayNames(): string[] {
  const found = listDisplays();
  const named = process.env.WAYLAND_DISPLAY ?? "";
  const isMissing = named !== "" && !named.includes("/") && !found.includes(named);
  return isMissing ? [named, ...found] : found;
}

/** Every output of every compositor of this user. */
function waylandSources(): ListedSource[] {
  return displayNames().flatMap((display) =>
    listed(`wayland:${printable(display)}`, () =>
      listOutputs(socketOf(display)).map(({ name, width, height }) => {
        return { source: `wayland:${display}/${printable(name)}`, width, height };
      }),
    ),
  );
}

/**
 * Outputs of KWin if it allows capture; for any other compositor there is nothing to report here.
 */
function kdeSources(): ListedSource[] {
  try {
    return listKdeOutputs(findDisplay("").path).map(({ name, width, height }) => {
      return { source: `kde:${printable(name)}`, width, height };
    });
  } catch {
    return [];
  }
}

/** Sources that are queried over the session bus. */
function busSources(): ListedSource[] {
  if (!isThere(sessionBusPath())) return [];
  return listed("portal:", () => {
    using bus = openSessionBus();
    return [...gnomeSources(bus), ...listed("portal:", () => portalSources(bus))];
  });
}

function isGnomeThere(): boolean {
  if (!isThere(sessionBusPath())) return false;
  try {
    using bus = openSessionBus();
    return isMutterOffered(bus);
  } catch {
    return false;
  }
}

function gnomeSources(bus: DBusConnection): ListedSource[] {
  if (!isMutterOffered(bus)) return [];
  return listed("gnome:", () =>
    mutterOutputs(bus).map(({ name, width, height }) => {
      return { source: `gnome:${printable(name)}`, width, height };
    }),
  );
}

function portalSources(bus: DBusConnection): ListedSource[] {
  portalAbilities(bus);
  return [{ source: "portal:" }];
}

/**
 * Local X servers, by their sockets, this session's first. Their size is known once they are
 * streamed.
 */
function screenSources(): ListedSource[] {
  try {
    const names = readdirSync("/tmp/.X11-unix").filter((name) => /^X\d{1,5}$/.test(name));
    const sources = names.sort().map((name) => ({ source: `x11::${name.slice(1)}` }));
    return sources.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  } catch {
    return [];
  }
}

/** The X server that `auto` takes: one of its screens may be named after its number. */
function isOwn({ source }: ListedSource): boolean {
  return source === `x11:${process.env.DISPLAY?.replace(/\.\d+$/, "")}`;
}

/** Nodes that give pictures: cameras, and screens that other programs share. */
function nodeSources(): ListedSource[] {
  if (!isThere(pipewireSocket())) return [];
  return listed("pipewire:", () => {
    using connection = new PipewireConnection();
    const nodes = connection.nodes().filter(({ mediaClass }) => mediaClass === "Video/Source");
    return nodes.map(({ name, serial }) => ({ source: `pipewire:${printable(name || serial)}` }));
  });
}

/** One line with the problem if the list cannot be made. */
function listed(source: string, list: () => ListedSource[]): ListedSource[] {
  try {
    return list();
  } catch (cause) {
    const problem = messageOf(cause);
    return [{ source, problem: printable(problem) }];
  }
}

function isThere(path: string): boolean {
  // An abstract name is not a file; it is tested by connecting.
  return path.startsWith("\0") || existsSync(path);
}
