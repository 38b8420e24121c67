/**
 * The number of parts into which the console has a range folded. Without a schema, so that pages
 * can import it.
 */

/** In a wide window and in a narrow one: no part is narrower than a few pixels. */
export const pagePoints = [400, 150] as const;
