/** Where a list that outlives the host is kept. */

/** Keeps a list on the disk: all of it, each time. */
export type ListKeeper<Kept> = {
  /** As read at the start. */
  readonly kept: readonly Kept[];
  /** Resolves once all of them are on the disk. @throws Failure that says what was in the way */
  save(list: readonly Kept[]): Promise<void>;
  /** The same behind the caller, for what may be lost: it must not throw or wait. */
  saveLater(list: readonly Kept[]): void;
};
