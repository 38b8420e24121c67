/**
 * From characters, and from Windows virtual-key codes that a player sends for what a key types, to X
 * key symbols.
 */

const named: Readonly<Record<number, number>> = {
  8: 0xff08, // backspace
  9: 0xff09, // tab
  12: 0xff0b, // clear
  13: 0xff0d, // return
  16: 0xffe1, // shift
  17: 0xffe3, // control
  18: 0xffe9, // alt
  19: 0xff13, // pause
  20: 0xffe5, // caps lock
  27: 0xff1b, // escape
  32: 0x20,
  33: 0xff55, // page up
  34: 0xff56, // page down
  35: 0xff57, // end
  36: 0xff50, // home
  37: 0xff51, // left
  38: 0xff52, // up
  39: 0xff53, // right
  40: 0xff54, // down
  44: 0xff61, // print
  45: 0xff63, // insert
  46: 0xffff, // delete
  91: 0xffeb, // left super
  92: 0xffec, // right super
  93: 0xff67, // menu
  106: 0xffaa, // keypad *
  107: 0xffab, // keypad +
  109: 0xffad, // keypad -
  110: 0xffae, // keypad .
  111: 0xffaf, // keypad /
  144: 0xff7f, // num lock
  145: 0xff14, // scroll lock
  160: 0xffe1, // left shift
  161: 0xffe2, // right shift
  162: 0xffe3, // left control
  163: 0xffe4, // right control
  164: 0xffe9, // left alt
  165: 0xffea, // right alt
  186: 0x3b, // ;
  187: 0x3d, // =
  188: 0x2c, // ,
  189: 0x2d, // -
  190: 0x2e, // .
  191: 0x2f, // /
  192: 0x60, // `
  219: 0x5b, // [
  220: 0x5c, // \
  221: 0x5d, // ]
  222: 0x27, // '
};

/** `undefined` for keys whose symbol is unknown. */
export function symbolOfKey(virtualKey: number): number | undefined {
  const isDigit = virtualKey >= 0x30 && virtualKey <= 0x39;
  if (isDigit) return virtualKey;
  const isLetter = virtualKey >= 0x41 && virtualKey <= 0x5a;
  if (isLetter) return virtualKey + 0x20;
  const isKeypad = virtualKey >= 0x60 && virtualKey <= 0x69;
  if (isKeypad) return 0xffb0 + virtualKey - 0x60;
  const isFunction = virtualKey >= 0x70 && virtualKey <= 0x87;
  if (isFunction) return 0xffbe + virtualKey - 0x70;
  return named[virtualKey];
}

/** Symbol of a character: Latin-1 as it is, return and tab, all others by their code point. */
export function symbolOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  const isLatin = (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff);
  if (character === "\n" || character === "\r") return 0xff0d;
  if (character === "\t") return 0xff09;
  return isLatin ? code : 0x0100_0000 + code;
}
