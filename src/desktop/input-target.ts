/** Where keyboard and mouse of a player have to go so that they reach what is streamed. */

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
    };
