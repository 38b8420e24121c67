/** Rights that are granted and revoked: tokens, links. */

/** Their list, by id. */
export type Revocables<Item, Request, Made> = {
  /** Oldest first. */
  list(): readonly Item[];
  /** Valid when this resolves, and is on disk. */
  create(request: Request): Promise<Made>;
  /** Invalid from now on, and everything that rests on it ends. False for an unknown id. */
  revoke(id: string): Promise<boolean>;
};
