/**
 * What another tool recorded, as this host's own shapes: frames in order, and what the machine did
 * meanwhile. What means the same is mapped, everything else is left out and named.
 */
import type { Machine } from "../model/machine.ts";

/** One frame of a run; times in milliseconds since the run began. Absent is not measured. */
export type ImportedFrame = {
  readonly atMs: number;
  /** Made and never shown. */
  readonly isDropped?: boolean;
  readonly encodeMs?: number;
  readonly sendMs?: number;
  /** From `atMs` until whole at the player, decoded, shown. */
  readonly completeMs?: number;
  readonly decodeMs?: number;
  readonly shownMs?: number;
};

/** The machine's figures at a moment. */
export type ImportedMachine = { readonly atMs: number; readonly machine: Machine };

/** A file that was read. */
export type ImportedRun = {
  readonly tool: "MangoHud" | "PresentMon" | "CapFrameX" | "WiVRn";
  /** The program that was recorded, as the file names it; empty where it does not. */
  readonly program: string;
  readonly frames: readonly ImportedFrame[];
  readonly machine: readonly ImportedMachine[];
  /** Columns of the file, and what each became. */
  readonly used: Readonly<Record<string, string>>;
  readonly leftOut: readonly string[];
  /** The file has more frames than are read. */
  readonly isCut: boolean;
};

/** Hears of the share of a text that is read. */
export type OnRead = (share: number) => void;

/** An hour at 240 frames a second. */
export const frameCountMax = 864_000;
/** Fewer say nothing. */
export const frameCountMin = 10;
