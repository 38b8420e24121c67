/**
 * What this machine has to stream, in the order in which `auto` tries it: a compositor that lets
 * itself be captured, GNOME, the portal, an X server.
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

/** Something that can be given to `--source` as it is. */
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
  /** What it needs and is not there: it need not be tried. */
  readonly missing?: ObstacleCode;
};

/** All that `auto` knows, in its order, also what cannot be there. */
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

/** All that is there, with sizes where they are known. Asks nobody; blocks this thread meanwhile. */
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

/** Also the one that the environment names where nothing listens: then with what is in the way. */
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

/** Outputs of KWin where it lets itself be captured; of any other compositor there is nothing to say here. */
function kdeSources(): ListedSource[] {
  try {
    return listKdeOutputs(findDisplay("").path).map(({ name, width, height }) => {
      return { source: `kde:${printable(name)}`, width, height };
    });
  } catch {
    return [];
  }
}

/** What is asked for over the session's bus. */
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

/** Local X servers, by their sockets, the one of this session first. Their size is known once they are streamed. */
function screenSources(): ListedSource[] {
  try {
    const names = readdirSync("/tmp/.X11-unix").filter((name) => /^X\d{1,5}$/.test(name));
    const sources = names.sort().map((name) => ({ source: `x11::${name.slice(1)}` }));
    return sources.toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  } catch {
    return [];
  }
}

/** The X server that `auto` takes: a screen of one may be named after its number. */
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

/** One line with the problem where the list cannot be made. */
function listed(source: string, list: () => ListedSource[]): ListedSource[] {
  try {
    return list();
  } catch (cause) {
    const problem = messageOf(cause);
    return [{ source, problem: printable(problem) }];
  }
}

function isThere(path: string): boolean {
  // An abstract name is no file; it is looked for by connecting.
  return path.startsWith("\0") || existsSync(path);
}
