/** Rights that are given out and taken back: tokens, links. */

/** The list of them, by their ids. */
export type Revocables<Item, Request, Made> = {
  /** Oldest first. */
  list(): readonly Item[];
  /** Works once this resolves, and is on the disk. */
  create(request: Request): Promise<Made>;
  /** Opens nothing from now on, and ends what rests on it. False for an unknown id. */
  revoke(id: string): Promise<boolean>;
};
