/**
 * A recording of another tool, in this host's own shapes: frames in order, and the machine's
 * figures meanwhile. Equivalent columns are mapped, everything else is left out and named.
 */
import type { Machine } from "../model/machine.ts";

/** One frame of a run; times in milliseconds since the run began. Absent means not measured. */
export type ImportedFrame = {
  readonly atMs: number;
  /** Rendered and never shown. */
  readonly isDropped?: boolean;
  readonly encodeMs?: number;
  readonly sendMs?: number;
  /** From `atMs` until complete at the player, decoded, shown. */
  readonly completeMs?: number;
  readonly decodeMs?: number;
  readonly shownMs?: number;
};

/** The machine's figures at a moment. */
export type ImportedMachine = { readonly atMs: number; readonly machine: Machine };

/** A parsed file. */
export type ImportedRun = {
  readonly tool: "MangoHud" | "PresentMon" | "CapFrameX" | "WiVRn";
  /** The recorded program, as the file names it; empty if it does not. */
  readonly program: string;
  readonly frames: readonly ImportedFrame[];
  readonly machine: readonly ImportedMachine[];
  /** Columns of the file, and the meaning of each. */
  readonly used: Readonly<Record<string, string>>;
  readonly leftOut: readonly string[];
  /** The file has more frames than are read. */
  readonly isCut: boolean;
};

/** Receives the share of a text that has been read. */
export type OnRead = (share: number) => void;

/** An hour at 240 frames per second. */
export const frameCountMax = 864_000;
/** Fewer say nothing. */
export const frameCountMin = 10;
