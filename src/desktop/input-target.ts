/** Where a player's keyboard and mouse input must go to reach the streamed picture. */
import { closeDescriptor } from "../base/descriptors.ts";

/** In pixels of the source's own picture, as shown. */
export type TargetSize = { readonly width: number; readonly height: number };

/** Named by the opened source, also by the one that `auto` has chosen. */
export type InputTarget =
  /** An X server, by the name of its display. */
  | { readonly kind: "x11"; readonly display: string }
  /** A compositor's socket, and the output that is streamed. */
  | {
      readonly kind: "wayland";
      readonly path: string;
      readonly output: string;
      readonly size: TargetSize;
    }
  /** Not a desktop: the machine's own screen, reached through devices of the machine. */
  | { readonly kind: "seat"; readonly size: TargetSize }
  /** A session on the bus, which lives as long as the source. */
  | BusInputTarget;

/** Access to a session on the bus. */
export type BusInputTarget = {
  readonly kind: "bus";
  readonly service: "mutter" | "portal";
  /**
   * Of the connection that made the session: others are refused. A copy, to be closed by the owner
   * of the target. For whole messages only, with serial numbers from `guestSerialMin` on.
   */
  readonly descriptor: number;
  /** Path of the session. */
  readonly session: string;
  /**
   * The reference of positions: the path of one of Mutter's streams, or the node of one of a
   * portal's.
   */
  readonly stream: string;
  readonly size: TargetSize;
  /** The unit of positions, if the desktop reports it: it may be scaled. Otherwise pixels. */
  readonly extent?: TargetSize | undefined;
  /**
   * One 32-bit word: serial of the last of these calls that was answered. Absent: none is to be
   * answered.
   */
  readonly answered?: SharedArrayBuffer | undefined;
};

/** Names that the kernel gives to screen connectors, as reported by compositors. */
const connector =
  /^(?:Unknown|VGA|DVI-[IDA]|Composite|SVIDEO|LVDS|Component|DIN|DP|HDMI-[AB]|TV|eDP|Virtual|DSI|DPI|SPI|USB)-/;

/**
 * Whether a touch screen of this machine acts on the streamed picture. Otherwise its input would go
 * to the desktop on the machine's own screen, which the player has no access to.
 */
export function isReachedByDevices(target: InputTarget): boolean {
  if (target.kind === "wayland") return connector.test(target.output);
  return target.kind === "seat";
}

/** Releases what an unused target holds. */
export function closeTarget(target: InputTarget | undefined): void {
  if (target?.kind === "bus") closeDescriptor(target.descriptor);
}
