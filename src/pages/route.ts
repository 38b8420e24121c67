/** Common to all routes of the console: none is part of the API, and each parses its own forms. */

/** Behind the app's guard. */
export const hidden = { detail: { hide: true }, parse: "none" as const };

/** Open to everyone, as declared in its description. */
export const open = { detail: { hide: true, security: [] }, parse: "none" as const };
