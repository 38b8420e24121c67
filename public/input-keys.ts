/**
 * Keys by their places: what `KeyboardEvent.code` calls a key, as the number that the host's kernel
 * gives it. What a key types depends on the host's layout.
 */
const rows: readonly (readonly [first: number, codes: string])[] = [
  [1, "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal"],
  [14, "Backspace Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight"],
  [28, "Enter ControlLeft KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote"],
  [42, "ShiftLeft Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight"],
  [55, "NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock"],
  [71, "Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd Numpad1 Numpad2"],
  [81, "Numpad3 Numpad0 NumpadDecimal"],
  [86, "IntlBackslash F11 F12 IntlRo"],
  [92, "Convert KanaMode NonConvert"],
  [96, "NumpadEnter ControlRight NumpadDivide PrintScreen AltRight"],
  [102, "Home ArrowUp PageUp ArrowLeft ArrowRight End ArrowDown PageDown Insert Delete"],
  [113, "AudioVolumeMute AudioVolumeDown AudioVolumeUp"],
  [117, "NumpadEqual"],
  [119, "Pause"],
  [121, "NumpadComma Lang1 Lang2 IntlYen MetaLeft MetaRight ContextMenu BrowserStop"],
  [158, "BrowserBack BrowserForward"],
  [163, "MediaTrackNext MediaPlayPause MediaTrackPrevious MediaStop"],
  [173, "BrowserRefresh"],
  [183, "F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24"],
];

const positions: ReadonlyMap<string, number> = new Map(
  rows.flatMap(([first, codes]) =>
    codes.split(" ").map((code, index): [string, number] => [code, first + index]),
  ),
);

/**
 * The kernel's number of the key at that position; `undefined` for keys that no keyboard of the
 * host has.
 */
export function positionOfCode(code: string): number | undefined {
  return positions.get(code);
}
