/** Sign-in sessions and the token, both sides of each limit. */
import { expect, test } from "bun:test";
import {
  Credentials,
  readSessionCookie,
  type SignIn,
  type SignInKeeper,
  sessionCookie,
} from "../../../src/api/edge/credentials.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { ManualScheduler } from "../../support/manual-scheduler.ts";

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
  expect(sessionCookie("abc", "https://host:7780/sign-in")).toBe(
    "__Host-onglass_session_7780=abc; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure",
  );
  expect(sessionCookie("", "http://host:7780/sign-in")).toBe(
    "onglass_session_7780=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
  );
});

test("hosts on one name with different ports read each their own cookie", () => {
  const cookie = "onglass_session_7780=one; onglass_session_8000=other; onglass_session_80=plain";
  const read = (url: string) => readSessionCookie(new Request(url, { headers: { cookie } }));
  const urls = ["http://host:7780/", "http://host:8000/", "http://host/", "https://host:7780/"];
  expect(urls.map(read)).toEqual(["one", "other", "plain", undefined]);
});

test("the cookie is found among others by its whole name", () => {
  const read = (cookie: string) =>
    readSessionCookie(new Request("http://localhost/", { headers: { cookie } }));
  expect(read("a=1; onglass_session_80=abc; b=2")).toBe("abc");
  expect(read("xonglass_session_80=abc; onglass_session_80x=1")).toBeUndefined();
  expect(read("onglass_session_80")).toBeUndefined();
});

class Kept implements SignInKeeper {
  kept: readonly SignIn[] = [];
  keep(signIns: readonly SignIn[]): void {
    this.kept = signIns;
  }
}

test("a session outlives a restart of the host until its twelve hours are over", () => {
  const keeper = new Kept();
  const wallMs = Date.UTC(2026, 5, 26);
  const clock = new ManualClock({ wallMs });
  const [open, closed] = openTwo(new Credentials({ token, clock, keeper }));
  const afterMs = (ms: number) =>
    new Credentials({ token, keeper, clock: new ManualClock({ wallMs: wallMs + ms }) });
  expect(JSON.stringify(keeper.kept)).not.toContain(open);
  expect(afterMs(1000).isSession(open)).toBe(true);
  expect(afterMs(1000).isSession(closed)).toBe(false);
  expect(afterMs(12 * hourMs - 1).isSession(open)).toBe(true);
  expect(afterMs(12 * hourMs).isSession(open)).toBe(false);
  // A clock that was set back makes no session longer than it may be.
  const late = new ManualClock({ wallMs: wallMs - 100 * hourMs });
  const credentials = new Credentials({ token, keeper, clock: late });
  late.advanceMs(12 * hourMs);
  expect(credentials.isSession(open)).toBe(false);
});

function openTwo(credentials: Credentials): [open: string, closed: string] {
  const [open, closed] = [credentials.openSession(), credentials.openSession()];
  credentials.closeSession(closed);
  return [open, closed];
}

test("a host with another token knows no earlier session", () => {
  const keeper = new Kept();
  const clock = new ManualClock();
  const cookie = new Credentials({ token, clock, keeper }).openSession();
  const other = new Credentials({ token: `${token}2`, clock, keeper });
  expect(other.isSession(cookie)).toBe(false);
});

test("what rests on a sign-in ends with its twelve hours, although nobody asks for anything then", () => {
  const scheduler = new ManualScheduler();
  const credentials = new Credentials({ token, clock: scheduler.clock, scheduler });
  const seen: string[] = [];
  const cookie = credentials.openSession();
  credentials.whenClosed(cookie, () => seen.push("aged"));
  const takeBack = credentials.whenClosed(cookie, () => seen.push("taken back"));
  takeBack();
  scheduler.advanceMs(12 * hourMs - 1);
  expect(seen).toEqual([]);
  scheduler.advanceMs(2);
  expect(seen).toEqual(["aged"]);
  const other = credentials.openSession();
  credentials.whenClosed(other, () => seen.push("closed"));
  credentials.closeSession(other);
  expect(seen).toEqual(["aged", "closed"]);
  expect(scheduler.waitingCount).toBe(0);
});
