/**
 * Why a source of a desktop cannot be streamed, as far as known: a code for texts in any language.
 */

/** Every code with its text in the log; other languages have theirs in `src/i18n/obstacles.ts`. */
export const obstacles = {
  no_compositor: "no Wayland compositor is running",
  compositor_unreachable: "the Wayland compositor cannot be reached",
  capture_not_allowed: "the compositor does not let programs capture the screen",
  kde_not_allowed: "it is not KWin, or KWin does not allow it",
  no_session_bus: "there is no session bus",
  gnome_absent: "GNOME is not running in this session",
  portal_absent: "no desktop portal is installed",
  portal_without_screens: "the desktop portal offers no screens",
  no_display: "DISPLAY is not set",
  not_opened: "it could not be opened",
} as const;

/** A code of the table above. No other compiles. */
export type ObstacleCode = keyof typeof obstacles;

/** An error whose cause is one of those. */
export class Obstacle extends Error {
  readonly code: ObstacleCode;

  /** @param detail for the log, if it says more than the code. */
  constructor(code: ObstacleCode, detail: string = obstacles[code]) {
    super(detail);
    this.code = code;
  }
}

/** The code of an error, through any wrapping causes; `not_opened` if there is none. */
export function obstacleOf(error: unknown): ObstacleCode {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof Obstacle) return cause.code;
  }
  return "not_opened";
}
