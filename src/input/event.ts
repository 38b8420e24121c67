/**
 * A player's input with keyboard, mouse, pads, pen and fingers, independent of the path: each
 * path's reader translates into these events. All figures are finite.
 */

/** A key was pressed or released; the host repeats held keys. */
export type KeyEvent = {
  readonly kind: "key";
  readonly isDown: boolean;
  /** Windows virtual-key code, 0 to 255; or a position on the keyboard, by `keyAt`. */
  readonly virtualKey: number;
  /** Bits: 1 shift, 2 control, 4 alt, 8 meta. */
  readonly modifiers: number;
  /** Bit 1: the code is of the player's own layout, not of the US one. */
  readonly flags: number;
};

/** Position within a picture of `width` by `height`; the player sends both less one. */
export type PointerEvent = {
  readonly kind: "pointer";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Moves the pointer relative to its position, in pixels of the screen. */
export type PointerMoveEvent = {
  readonly kind: "pointer_move";
  readonly dx: number;
  readonly dy: number;
};

/** A button of the mouse. */
export type ButtonEvent = {
  readonly kind: "button";
  readonly isDown: boolean;
  /** 1 left, 2 middle, 3 right, 4 and 5 the side buttons. */
  readonly button: number;
};

/** 120 is one notch; up and right are positive. */
export type ScrollEvent = {
  readonly kind: "scroll";
  readonly axis: "vertical" | "horizontal";
  readonly amount: number;
};

/** Text that the player has typed, in any script. */
export type TextEvent = { readonly kind: "text"; readonly text: string };

/** The bits of `PadEvent.buttons`, by the names of an Xbox pad. */
export const padButtons = {
  dpadUp: 0x1,
  dpadDown: 0x2,
  dpadLeft: 0x4,
  dpadRight: 0x8,
  start: 0x10,
  back: 0x20,
  leftStick: 0x40,
  rightStick: 0x80,
  leftShoulder: 0x100,
  rightShoulder: 0x200,
  guide: 0x400,
  a: 0x1000,
  b: 0x2000,
  x: 0x4000,
  y: 0x8000,
  paddle1: 0x1_0000,
  paddle2: 0x2_0000,
  paddle3: 0x4_0000,
  paddle4: 0x8_0000,
  touchpad: 0x10_0000,
  misc: 0x20_0000,
} as const;

/** The whole state of one pad. An unknown pad is connected by it. */
export type PadEvent = {
  readonly kind: "pad";
  /** Number of the pad at the player, 0 to 15. */
  readonly pad: number;
  /** Bit n: pad n is connected. A known pad without its bit is gone. */
  readonly activeMask: number;
  /** Of `padButtons`. */
  readonly buttons: number;
  /** 0 released to 255 pressed. */
  readonly leftTrigger: number;
  readonly rightTrigger: number;
  /** -32768 left or down to 32767 right or up. */
  readonly leftX: number;
  readonly leftY: number;
  readonly rightX: number;
  readonly rightY: number;
};

/** The bits of `PadArrivalEvent.capabilities`. */
export const padCapabilities = {
  analogTriggers: 0x1,
  rumble: 0x2,
  triggerRumble: 0x4,
  touchpad: 0x8,
  accelerometer: 0x10,
  gyroscope: 0x20,
  battery: 0x40,
  light: 0x80,
} as const;

/** A pad was connected at the player. Players that do not report it send only its state. */
export type PadArrivalEvent = {
  readonly kind: "pad_arrival";
  readonly pad: number;
  readonly type: "unknown" | "xbox" | "playstation" | "nintendo";
  /** Of `padCapabilities`. */
  readonly capabilities: number;
  /** Of `padButtons`: those that the pad has. */
  readonly buttons: number;
};

/** What happened to a finger or a pen, as in the DOM's pointer events. */
export type ContactPhase =
  | "down"
  | "move"
  | "up"
  /** Above the surface without touching it. */
  | "hover"
  | "leave"
  /** The touch is over and must have no effect. */
  | "cancel"
  | "cancel_all"
  /** Only the buttons of the pen have changed. */
  | "buttons";

/** A finger on the surface of a pad. Positions and pressure go from 0 to 1. */
export type PadTouchEvent = {
  readonly kind: "pad_touch";
  readonly pad: number;
  readonly phase: ContactPhase;
  readonly surface: number;
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
};

/** Acceleration in m/s², or rotation in degrees per second, by the axes of the pad. */
export type PadMotionEvent = {
  readonly kind: "pad_motion";
  readonly pad: number;
  readonly sensor: "accelerometer" | "gyroscope";
  readonly x: number;
  readonly y: number;
  readonly z: number;
};

/** The battery of a pad, in the numbers of the player. */
export type PadBatteryEvent = {
  readonly kind: "pad_battery";
  readonly pad: number;
  readonly state: number;
  readonly percent: number;
};

/** A finger on the picture. Positions are shares of the picture's sides, pressure goes from 0 to 1. */
export type TouchEvent = {
  readonly kind: "touch";
  readonly phase: ContactPhase;
  /** Distinguishes fingers, from down to up. */
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  /** 0 where the player does not measure it. */
  readonly pressure: number;
};

/** The bits of `PenEvent.buttons`. */
export const penButtons = { primary: 1, secondary: 2, tertiary: 4 } as const;

/** A pen on the picture or above it. Positions are shares of the picture's sides. */
export type PenEvent = {
  readonly kind: "pen";
  readonly phase: ContactPhase;
  readonly tool: "pen" | "eraser";
  /** Of `penButtons`. */
  readonly buttons: number;
  readonly x: number;
  readonly y: number;
  /** 0 to 1; 0 where the player does not measure it. */
  readonly pressure: number;
  /**
   * Degrees from upright towards the right and towards the lower edge, -90 to 90. Absent: not
   * measured.
   */
  readonly tilt: { readonly x: number; readonly y: number } | undefined;
};

/** Whether the player wants its pads to rumble. */
export type HapticsEvent = { readonly kind: "haptics"; readonly isOn: boolean };

/** Rumble for a pad at the player. Both 0: stop. */
export type Rumble = {
  readonly pad: number;
  /** The large motor of low frequency, 0 to 65535. */
  readonly strong: number;
  /** The small motor of high frequency, 0 to 65535. */
  readonly weak: number;
};

/** One event of a player's input. */
export type InputEvent =
  | KeyEvent
  | PointerEvent
  | PointerMoveEvent
  | ButtonEvent
  | ScrollEvent
  | TextEvent
  | PadEvent
  | PadArrivalEvent
  | PadTouchEvent
  | PadMotionEvent
  | PadBatteryEvent
  | TouchEvent
  | PenEvent
  | HapticsEvent;
