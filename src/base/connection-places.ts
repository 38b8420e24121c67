/**
 * Slots for the connections of one listener. People who came by a link share a part of them, and
 * each of their browsers has a few: none of them can lock out the operator or the others.
 */

type Limits = {
  /** In total. */
  readonly countMax: number;
  /** For all who came by a link, together. */
  readonly guestCountMax: number;
  /** For one browser that came by a link. */
  readonly perGuestMax: number;
};

/** Counts connections by owner. */
export class ConnectionPlaces {
  readonly #limits: Limits;
  readonly #byGuest = new Map<string, number>();
  #count = 0;
  #guestCount = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * Takes a slot, released once by the returned call; `undefined` when none is left.
   * @param guest a browser that came by a link; nobody’s for the operator
   */
  take(guest: string | undefined): (() => void) | undefined {
    const { countMax, guestCountMax, perGuestMax } = this.#limits;
    if (this.#count >= countMax) return undefined;
    if (guest !== undefined) {
      const own = this.#byGuest.get(guest) ?? 0;
      if (own >= perGuestMax || this.#guestCount >= guestCountMax) return undefined;
    }
    this.#add(guest, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#add(guest, -1);
      isTaken = false;
    };
  }

  #add(guest: string | undefined, change: 1 | -1): void {
    this.#count += change;
    if (guest === undefined) return;
    this.#guestCount += change;
    const own = (this.#byGuest.get(guest) ?? 0) + change;
    if (own === 0) this.#byGuest.delete(guest);
    else this.#byGuest.set(guest, own);
  }
}
