/** Storage for a list that outlives the host. */

/** Stores a list on disk: all of it, each time. */
export type ListKeeper<Kept> = {
  /** As read at start. */
  readonly kept: readonly Kept[];
  /** Resolves when all of them are on disk. @throws Failure with the reason */
  save(list: readonly Kept[]): Promise<void>;
  /** The same asynchronously, for data that may be lost: it must not throw or wait. */
  saveLater(list: readonly Kept[]): void;
};
