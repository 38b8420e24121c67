/** Of a text that is forwarded between a desktop and a player, in UTF-8. */
export const copiedBytesMax = 65_536;
