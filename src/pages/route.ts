/** What all routes of the console have in common: none is part of the API, and each reads its own forms. */

/** Behind the app's guard. */
export const hidden = { detail: { hide: true }, parse: "none" as const };

/** Open to everyone, which the guard reads off its description. */
export const open = { detail: { hide: true, security: [] }, parse: "none" as const };
