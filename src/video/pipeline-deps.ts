/** What a pipeline reports to, and what it is made with. */
import type { Clock } from "../base/clock.ts";
import type { Gate } from "../base/gate.ts";
import type { SharedTime } from "../base/shared-time.ts";
import type { InputTarget } from "../desktop/input-target.ts";
import type { Encoder } from "./encoder.ts";
import type {
  EncodeOptions,
  OpeningPart,
  PlacedFrame,
  SourceAbsence,
  SourceResized,
  UnsentSlots,
} from "./link.ts";
import type { PassedOver } from "./sources/source.ts";

/** What a pipeline reports to, and what it is measured by. */
export type PipelineDeps = {
  readonly clock: Clock;
  readonly gate: Gate;
  /** Two words, shared with the keeper: this thread's activity, and whether nobody waits. */
  readonly activity: Int32Array;
  /** Read by the thread that plays the film's sound. */
  readonly filmStart: SharedTime;
  readonly send: (frame: PlacedFrame) => void;
  /** No frame comes from these slots. */
  readonly onUnsent: (slots: UnsentSlots) => void;
  /** The slot has this memory from now on. */
  readonly onMemory: (place: number, buffer: SharedArrayBuffer) => void;
  /** The encoder had failed, and was reopened; how. */
  readonly onReopened: (detail: string) => void;
  readonly onResized: (resized: SourceResized) => void;
  readonly onAbsence: (absence: SourceAbsence) => void;
  /** The new input target; the receiver closes a descriptor in it. */
  readonly onInputMoved: (target: InputTarget | undefined) => void;
  /** A person at the desktop is being asked, or has answered. */
  readonly onQuestion: (isAsking: boolean) => void;
  /** For `auto`: the chosen source, and why earlier ones were not. */
  readonly onChosen: (source: string, passed: readonly PassedOver[]) => void;
  /** The source's screen has not followed a change of the mode; why. */
  readonly onSizeKept: (detail: string) => void;
  /** Called before each step of opening that may block this thread forever. */
  readonly onOpening: (part: OpeningPart) => void;
  /** Opens an encoder on this thread. @throws Failure when none can be opened */
  readonly openEncoder: (options: EncodeOptions) => Encoder;
};
