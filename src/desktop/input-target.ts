/** Where keyboard and mouse of a player have to go so that they reach what is streamed. */
import { closeDescriptor } from "../base/descriptors.ts";

/** In pixels of the source's own picture, as it is shown. */
export type TargetSize = { readonly width: number; readonly height: number };

/** Named by the source that was opened, also by the one that `auto` has chosen. */
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
  /** No desktop's: what the machine's own screen shows, which devices of the machine reach. */
  | { readonly kind: "seat"; readonly size: TargetSize }
  /** A session on the bus, which lives as long as the source. */
  | BusInputTarget;

/** How a session on the bus is spoken to. */
export type BusInputTarget = {
  readonly kind: "bus";
  readonly service: "mutter" | "portal";
  /**
   * Of the connection that has made the session: others are refused. A copy of its own, to be closed by
   * who has the target. For whole messages only, with serial numbers from `guestSerialMin` on.
   */
  readonly descriptor: number;
  /** Path of the session. */
  readonly session: string;
  /** What positions refer to: the path of a stream of Mutter's, the node of one of a portal's. */
  readonly stream: string;
  readonly size: TargetSize;
  /** What positions are counted in, where the desktop says: it may be scaled. Else pixels. */
  readonly extent?: TargetSize | undefined;
  /** One 32-bit word: serial of the last of these calls that was answered. Absent: none is to be answered. */
  readonly answered?: SharedArrayBuffer | undefined;
};

/** Names that the kernel gives to connectors of screens, as compositors pass them on. */
const connector =
  /^(?:Unknown|VGA|DVI-[IDA]|Composite|SVIDEO|LVDS|Component|DIN|DP|HDMI-[AB]|TV|eDP|Virtual|DSI|DPI|SPI|USB)-/;

/**
 * Whether a touch screen of this machine touches what is streamed. Others would be taken by whatever
 * desktop is on the machine's own screen, which the player was not given.
 */
export function isReachedByDevices(target: InputTarget): boolean {
  if (target.kind === "wayland") return connector.test(target.output);
  return target.kind === "seat";
}

/** Closes what a target that nobody uses holds open. */
export function closeTarget(target: InputTarget | undefined): void {
  if (target?.kind === "bus") closeDescriptor(target.descriptor);
}
