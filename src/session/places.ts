/**
 * The holders of a listener's limited slots. Strangers displace only strangers, first those of the
 * address with the most of them: nobody blocks others by many connections. Authenticated guests
 * stay.
 */

type Place = { readonly group: string; isKept: boolean };

/** Slots of one listener; `Guest` is its connection. */
export class Places<Guest> {
  readonly #countMax: number;
  readonly #perAddressMax: number;
  /** In the order of arrival. */
  readonly #places = new Map<Guest, Place>();
  /** Guests that were refused or displaced. Only grows. */
  turnedAwayCount = 0;

  /** `countMax` applies to strangers and to authenticated guests each. */
  constructor(options: { readonly countMax: number; readonly perAddressMax: number }) {
    this.#countMax = options.countMax;
    this.#perAddressMax = options.perAddressMax;
  }

  /** Occupied slots. */
  get count(): number {
    return this.#places.size;
  }

  /**
   * Returns who has to go: the newcomer when its address has all it may, otherwise a stranger, or
   * nobody.
   */
  enter(guest: Guest, address: string): Guest | undefined {
    const group = groupOf(address);
    const isFull = this.#inGroup(group) >= this.#perAddressMax;
    const leaving = isFull ? guest : this.#pushedOut();
    if (!isFull) this.#places.set(guest, { group, isKept: false });
    if (leaving === undefined) return undefined;
    this.#places.delete(leaving);
    this.turnedAwayCount += 1;
    return leaving;
  }

  /** It has authenticated. False when there are too many of those; it then stays a stranger. */
  keep(guest: Guest): boolean {
    const place = this.#places.get(guest);
    if (place === undefined || this.#kept() >= this.#countMax) return false;
    place.isKept = true;
    return true;
  }

  /** Its slot is free again; no effect without one. */
  leave(guest: Guest): void {
    this.#places.delete(guest);
  }

  /** The oldest stranger of the address with the most of them, when all slots are taken. */
  #pushedOut(): Guest | undefined {
    const strangers = [...this.#places].filter(([, { isKept }]) => !isKept);
    if (strangers.length < this.#countMax) return undefined;
    const counts = new Map<string, number>();
    for (const [, { group }] of strangers) counts.set(group, (counts.get(group) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return strangers.find(([, { group }]) => counts.get(group) === most)?.[0];
  }

  #inGroup(group: string): number {
    return [...this.#places.values()].filter((place) => place.group === group).length;
  }

  #kept(): number {
    return [...this.#places.values()].filter(({ isKept }) => isKept).length;
  }
}

/** One network of IPv6 counts as one address: a network has billions. */
function groupOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle =
    tail === undefined ? [] : Array(Math.max(0, 8 - left.length - right.length)).fill("0");
  return [...left, ...middle, ...right].slice(0, 4).join(":");
}
