/**
 * From Windows virtual-key codes, which players send for the position of a key on a US keyboard, to
 * key codes of the kernel. What the key types depends on the layout of this machine.
 */

/** By virtual key, in the order of the keyboard: the kernel's `KEY_…` numbers. */
const codes: ReadonlyMap<number, number> = new Map([
  // Top row.
  [0x1b, 1], // escape
  ...row(0x70, [59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 87, 88]), // F1 to F12
  ...row(0x7c, [183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194]), // F13 to F24
  [0x2c, 99], // print
  [0x91, 70], // scroll lock
  [0x13, 119], // pause
  // Digits, and the keys next to them.
  [0xc0, 41], // `
  [0x30, 11],
  ...row(0x31, [2, 3, 4, 5, 6, 7, 8, 9, 10]),
  [0xbd, 12], // -
  [0xbb, 13], // =
  [0x08, 14], // backspace
  // Letters, from A.
  ...row(0x41, [30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50]),
  ...row(0x4e, [49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21, 44]),
  // Around the letters.
  [0x09, 15], // tab
  [0xdb, 26], // [
  [0xdd, 27], // ]
  [0xdc, 43], // \
  [0x14, 58], // caps lock
  [0xba, 39], // ;
  [0xde, 40], // '
  [0x0d, 28], // return
  [0xe2, 86], // left of European keyboards, next to the left shift
  [0xbc, 51], // ,
  [0xbe, 52], // .
  [0xbf, 53], // /
  [0x20, 57], // space
  // Modifiers: without a side, the left ones.
  [0x10, 42],
  [0x11, 29],
  [0x12, 56],
  [0xa0, 42],
  [0xa1, 54],
  [0xa2, 29],
  [0xa3, 97],
  [0xa4, 56],
  [0xa5, 100],
  [0x5b, 125],
  [0x5c, 126],
  [0x5d, 127], // menu
  // Between letters and keypad: page up and down, end, home, arrows, insert, delete.
  ...row(0x21, [104, 109, 107, 102, 105, 103, 106, 108]),
  [0x2d, 110],
  [0x2e, 111],
  // Keypad.
  [0x90, 69], // num lock
  ...row(0x60, [82, 79, 80, 81, 75, 76, 77, 71, 72, 73]),
  [0x6a, 55], // *
  [0x6b, 78], // +
  [0x6c, 121], // separator
  [0x6d, 74], // -
  [0x6e, 83], // .
  [0x6f, 98], // /
  [0x0c, 76], // clear: the 5 without num lock
  // Japanese, Korean and Brazilian keyboards.
  [0x15, 122],
  [0x19, 123],
  [0x1c, 92],
  [0x1d, 94],
  [0xc1, 89],
  [0xc2, 121],
  // Media and the browser.
  ...row(0xa6, [158, 159, 173, 128, 217, 156, 172]),
  ...row(0xad, [113, 114, 115, 163, 165, 166, 164, 215, 226]),
  [0x5f, 142], // sleep
]);

/** Codes from here on are not from Windows: they name the position itself. */
const placeBase = 0x100;
/** The last position that X can name: its keycodes end at 255 and begin 8 later. */
export const positionMax = 247;

/**
 * The code of a `KeyEvent` for the key at this position, by the kernel's number, 1 to
 * `positionMax`.
 */
export function keyAt(position: number): number {
  return placeBase + position;
}

/** The kernel's number of the key at that position; `undefined` if no keyboard has it. */
export function positionOfKey(virtualKey: number): number | undefined {
  const position = virtualKey - placeBase;
  return position > 0 && position <= positionMax ? position : codes.get(virtualKey);
}

function row(first: number, positions: readonly number[]): [number, number][] {
  return positions.map((position, index) => [first + index, position]);
}
