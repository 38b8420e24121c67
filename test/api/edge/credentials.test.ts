/** Sign-in sessions and the token, both sides of each limit. */
import { expect, test } from "bun:test";
import {
  Credentials,
  readSessionCookie,
  sessionCookie,
} from "../../../src/api/edge/credentials.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const hourMs = 3_600_000;
const token = "a-token-of-sixteen-and-more";

test("only the very token is the token", () => {
  const credentials = new Credentials({ token, clock: new ManualClock() });
  expect(credentials.isToken(token)).toBe(true);
  for (const wrong of [undefined, "", `${token} `, token.slice(1), token.toUpperCase()]) {
    expect([wrong, credentials.isToken(wrong)]).toEqual([wrong, false]);
  }
});

test("a session ends after twelve hours", () => {
  const clock = new ManualClock();
  const credentials = new Credentials({ token, clock });
  const cookie = credentials.openSession();
  clock.advanceMs(12 * hourMs - 1);
  expect(credentials.isSession(cookie)).toBe(true);
  clock.advanceMs(1);
  expect(credentials.isSession(cookie)).toBe(false);
});

test("somebody setting the date ends no session", () => {
  const clock = new ManualClock();
  const credentials = new Credentials({ token, clock });
  const cookie = credentials.openSession();
  clock.stepWallMs(1000 * hourMs);
  expect(credentials.isSession(cookie)).toBe(true);
});

test("the 65th session ends the oldest and no other", () => {
  const credentials = new Credentials({ token, clock: new ManualClock() });
  const cookies = Array.from({ length: 64 }, () => credentials.openSession());
  expect(cookies.every((cookie) => credentials.isSession(cookie))).toBe(true);
  const last = credentials.openSession();
  expect(cookies.map((cookie) => credentials.isSession(cookie)).indexOf(true)).toBe(1);
  expect(credentials.isSession(last)).toBe(true);
});

test("a session that was closed is none, and closing it twice does no harm", () => {
  const credentials = new Credentials({ token, clock: new ManualClock() });
  const [one, other] = [credentials.openSession(), credentials.openSession()];
  credentials.closeSession(one);
  credentials.closeSession(one);
  credentials.closeSession(undefined);
  expect([credentials.isSession(one), credentials.isSession(other)]).toEqual([false, true]);
});

test("neither the token nor nothing is a session", () => {
  const credentials = new Credentials({ token, clock: new ManualClock() });
  credentials.openSession();
  for (const wrong of [undefined, "", token, "x".repeat(5000)]) {
    expect(credentials.isSession(wrong)).toBe(false);
  }
});

test("the cookie is hidden from scripts and other sites, and from plain HTTP under TLS", () => {
  expect(sessionCookie("abc", { secure: true })).toBe(
    "onglass_session=abc; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure",
  );
  expect(sessionCookie("", { secure: false })).toBe(
    "onglass_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
  );
});

test("the cookie is found among others by its whole name", () => {
  const read = (cookie: string) =>
    readSessionCookie(new Request("http://localhost/", { headers: { cookie } }));
  expect(read("a=1; onglass_session=abc; b=2")).toBe("abc");
  expect(read("xonglass_session=abc; onglass_sessionx=1")).toBeUndefined();
  expect(read("onglass_session")).toBeUndefined();
});
