/**
 * The binary messages between a page that plays and the host, version 1. One WebSocket message is one
 * of these; numbers are little-endian. Both ends read this table; new kinds and longer messages may be
 * added, and an end ignores a kind that it does not know.
 *
 * | at | bytes | every message                                                   |
 * | -- | ----- | --------------------------------------------------------------- |
 * | 0  | 1     | version, 1                                                      |
 * | 1  | 1     | kind                                                            |
 * | 2  | 2     | 0                                                               |
 * | 4  | 8     | f64, microseconds on the page's clock when it happened          |
 * | 12 |       | fields of the kind                                              |
 *
 * | kind to the host | fields                                                                      |
 * | ---------------- | --------------------------------------------------------------------------- |
 * | key              | u8 is down, u8 0, u16 the kernel's number of the key's place                |
 * | text             | UTF-8, 1 to `textBytesMax` bytes                                            |
 * | pointer          | u16 x, u16 y: shares of the picture's sides, `shareMax` the far edge        |
 * | move             | i16 right, i16 down                                                         |
 * | button           | u8 is down, u8 1 left, 2 middle, 3 right, 4 and 5 the side buttons          |
 * | wheel            | i16 up, i16 right; 120 is one notch                                         |
 * | pad              | u8 number, u8 0, u16 bits of the pads there are, u32 buttons, u8 and u8     |
 * |                  | triggers left and right, i16 left x, left y, right x, right y               |
 * | alive            | f64 what to add to the page's clock for the host's, NaN while not known     |
 * | release          | none: everything that is held goes up                                       |
 * | mark             | u32 number, 1 to 65,535: the next picture shall show it                     |
 * | shown            | u32 number of a mark, f64 page's clock when its picture was seen; the time  |
 * |                  | of the message is that of the input                                         |
 * | probe            | u8 is wanted, u8 0: a window on the desktop that shows when it is pressed   |
 * | seen             | u32 number in that window, f64 page's clock when its picture was seen, f64  |
 * |                  | host's clock when that was captured, f64 host's clock when the window had   |
 * |                  | the press; the time of the message is that of the press                     |
 * | clipboard        | none: what has been copied on the desktop is wanted                         |
 * | copied           | UTF-8, 1 to `copiedBytesMax` bytes: programs of the desktop shall paste it  |
 *
 * | kind to the page | at 4: f64 page's time of the message that is answered, else 0               |
 * | ---------------- | --------------------------------------------------------------------------- |
 * | state            | u8 one of `inputStates`                                                     |
 * | answer           | to `alive`: f64 the host's clock when it came, microseconds                 |
 * | drawn            | u32 number of a mark or of a `seen`, f64 host's clock when the input came,  |
 * |                  | f64 when the picture was captured, f64 when it was encoded                  |
 * | probe            | u8 one of `probeStates`                                                     |
 * | clipboard        | to `clipboard`: u8 one of `clipboardStates`, then its text in UTF-8         |
 * | copied           | to `copied`: u8 one of `copiedStates`                                       |
 * | pads             | u8 one of `padStates`: said when it changes                                 |
 * | rumble           | u8 pad, u8 0, u16 low and u16 high motor, u16 how long in milliseconds      |
 */
import { copiedBytesMax } from "../../wayland/copied.ts";

/** Of the messages; another one is refused. */
export const playVersion = 1;
/** Bytes before the fields of a kind. */
export const playHeaderBytes = 12;
/** Of one text message, in UTF-8. */
export const textBytesMax = 1024;
/** Larger messages end the connection. */
export const playMessageBytesMax: number = playHeaderBytes + copiedBytesMax;
/** The far edge of the picture. */
export const shareMax = 65_535;
/** While something is held, a page that is silent for so long has its keys released. */
export const silenceMs = 1000;
/** How often a page with something held says that it is there. */
export const aliveMs = 250;
/** Numbers of marks; further ones begin again. */
export const markMax = 65_535;

/** Kinds of messages to the host. */
export const playKinds = {
  key: 1,
  text: 2,
  pointer: 3,
  move: 4,
  button: 5,
  wheel: 6,
  pad: 7,
  alive: 8,
  release: 9,
  mark: 10,
  shown: 11,
  probe: 12,
  seen: 13,
  clipboard: 14,
  copied: 15,
} as const;

/** Kinds of messages to the page. */
export const playAnswers = {
  state: 1,
  answer: 2,
  rumble: 3,
  drawn: 4,
  probe: 5,
  clipboard: 6,
  pads: 7,
  copied: 8,
} as const;

/** What becomes of the clipboard: here is its text, it has none, it is too long, it cannot be read. */
export const clipboardStates = { text: 1, nothing: 2, tooLong: 3, unavailable: 4 } as const;

/** What becomes of a copied text: programs of the desktop can paste it, or the desktop does not take it. */
export const copiedStates = { held: 1, unavailable: 2 } as const;

/** What becomes of the input: it arrives, the source takes none, or it will arrive in a moment. */
export const inputStates = { ready: 1, noTarget: 2, opening: 3 } as const;

/** What becomes of pads: they arrive again, or are left out because this machine makes no devices for them. */
export const padStates = { arriving: 1, leftOut: 2 } as const;

/** What becomes of the probe window: it is there, it is closed, or none can be opened. */
export const probeStates = { open: 1, closed: 2, refused: 3 } as const;
