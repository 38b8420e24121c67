/** Places of a listener: strangers cost a legitimate guest nothing. */
import { expect, test } from "bun:test";
import { Places } from "../../src/session/places.ts";

const open = () => new Places<string>({ countMax: 4, perAddressMax: 3 });

test("one address takes so many places and no more, and another when one is left", () => {
  const places = open();
  for (const guest of ["a", "b", "c"]) expect(places.enter(guest, "10.0.0.1")).toBeUndefined();
  expect(places.enter("d", "10.0.0.1")).toBe("d");
  places.leave("a");
  expect(places.enter("d", "10.0.0.1")).toBeUndefined();
  expect([places.count, places.turnedAwayCount]).toEqual([3, 1]);
});

test("where all are taken the oldest stranger of the address with the most of them goes", () => {
  const places = open();
  places.enter("alone", "10.0.0.1");
  for (const guest of ["a", "b", "c"]) places.enter(guest, "10.0.0.2");
  expect(places.enter("new", "10.0.0.3")).toBe("a");
  expect(places.enter("newer", "10.0.0.4")).toBe("b");
  expect(places.count).toBe(4);
});

test("a guest that has shown who it is is not pushed out, and leaves its place to strangers", () => {
  const places = open();
  places.enter("known", "10.0.0.1");
  expect(places.keep("known")).toBe(true);
  expect(places.keep("nobody")).toBe(false);
  for (let count = 0; count < 20; count++) {
    expect(places.enter(`stranger ${count}`, `10.0.1.${count}`)).not.toBe("known");
  }
  expect(places.count).toBe(5);
});

test("the addresses of one IPv6 network are one", () => {
  const places = open();
  for (const guest of ["1", "2", "3"]) places.enter(guest, `2001:db8::${guest}`);
  expect(places.enter("4", "2001:db8:0:0:ffff::1")).toBe("4");
  expect(places.enter("5", "2001:db8:0:1::1")).toBeUndefined();
  expect(places.enter("6", "::ffff:10.0.0.1")).toBe("1");
});
