/** What a player did with keyboard, mouse, pads, pen and fingers. Numbers are as the player sent them. */

export type KeyEvent = {
  readonly kind: "key";
  readonly isDown: boolean;
  /** Windows virtual-key code, 0 to 255. */
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

export type PointerMoveEvent = {
  readonly kind: "pointer_move";
  readonly dx: number;
  readonly dy: number;
};

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

export type TextEvent = { readonly kind: "text"; readonly text: string };

export type PadEvent = {
  readonly kind: "pad";
  readonly pad: number;
  readonly activeMask: number;
  /** Low 16 bits as of old, high 16 bits the later buttons. */
  readonly buttons: number;
  readonly leftTrigger: number;
  readonly rightTrigger: number;
  readonly leftX: number;
  readonly leftY: number;
  readonly rightX: number;
  readonly rightY: number;
};

export type PadArrivalEvent = {
  readonly kind: "pad_arrival";
  readonly pad: number;
  readonly type: number;
  readonly capabilities: number;
  readonly buttons: number;
};

export type PadTouchEvent = {
  readonly kind: "pad_touch";
  readonly pad: number;
  readonly phase: number;
  readonly surface: number;
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
};

export type PadMotionEvent = {
  readonly kind: "pad_motion";
  readonly pad: number;
  readonly sensor: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
};

export type PadBatteryEvent = {
  readonly kind: "pad_battery";
  readonly pad: number;
  readonly state: number;
  readonly percent: number;
};

/** A finger or a pen. Positions and pressure go from 0 to 1. */
export type ContactEvent = {
  readonly kind: "touch" | "pen";
  readonly phase: number;
  readonly pointer: number;
  readonly tool: number;
  readonly buttons: number;
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
  readonly rotation: number;
  readonly tilt: number;
};

export type HapticsEvent = { readonly kind: "haptics"; readonly isOn: boolean };

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
  | ContactEvent
  | HapticsEvent;
