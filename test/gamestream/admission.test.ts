/** Who may play, who has to wait, and what is left when somebody goes. */
import { expect, test } from "bun:test";
import { LaunchAdmission } from "../../src/gamestream/admission.ts";
import { appsFor } from "../../src/gamestream/http/apps.ts";
import { type Launch, launchLifeUs, makeLaunch } from "../../src/gamestream/launch.ts";
import { LaunchKey } from "../../src/gamestream/launch-key.ts";
import { ending } from "../../src/model/ending.ts";
import { ManualScheduler } from "../support/manual-scheduler.ts";

const [app] = appsFor(["testsrc"]);
const launchOf = (clientId: string, address = "10.0.0.1"): Launch => {
  const key = new LaunchKey(Buffer.alloc(16));
  const request = { appId: 1, mode: undefined, key, keyId: 0, canSealRtsp: false };
  return makeLaunch(request, { clientId, clientName: clientId, address });
};

function open() {
  const scheduler = new ManualScheduler();
  const { clock } = scheduler;
  const removed = new Set<string>();
  const allowed = { takeover: false };
  const isPaired = (id: string) => !removed.has(id);
  const admission = new LaunchAdmission({
    clock,
    scheduler,
    isPaired,
    mayTakeOver: () => allowed.takeover,
  });
  const ends: string[] = [];
  const play = (clientId: string) => {
    const launch = launchOf(clientId);
    if (app !== undefined) admission.launch(app, launch);
    admission.play({
      launch,
      end: ({ code }) => {
        ends.push(code);
        admission.playerLeft(launch, false);
      },
    });
    admission.playerArrived();
    return launch;
  };
  return { clock, scheduler, admission, ends, play, removed, allowed };
}

test("a launch is forgotten when nobody takes it up within ten seconds", () => {
  const { clock, admission } = open();
  const launch = launchOf("a");
  if (app !== undefined) admission.launch(app, launch);
  expect(admission.launchFor("10.0.0.1")).toBe(launch);
  expect(admission.launchFor("10.0.0.2")).toBeUndefined();
  clock.advanceMs(launchLifeUs / 1000 - 1);
  expect(admission.isTakenFrom("b")).toBe(true);
  clock.advanceMs(1);
  expect(admission.isTakenFrom("b")).toBe(false);
  expect(admission.launchFor("10.0.0.1")).toBeUndefined();
  expect(admission.running).toBeUndefined();
});

test("a timer runs while a launch pends, and none at rest", () => {
  const { scheduler, admission, ends, play } = open();
  expect(scheduler.waitingCount).toBe(0);
  if (app !== undefined) admission.launch(app, launchOf("a"));
  expect(scheduler.waitingCount).toBe(1);
  scheduler.advanceMs(launchLifeUs / 1000);
  expect([scheduler.waitingCount, admission.running]).toEqual([0, undefined]);
  play("a");
  expect(scheduler.waitingCount).toBe(0);
  if (app !== undefined) admission.launch(app, launchOf("a"));
  admission.cancel(ending("player_quit"));
  expect([scheduler.waitingCount, ends]).toEqual([0, ["player_relaunched"]]);
});

test("who plays keeps others out, and may launch again", () => {
  const { admission, ends, play } = open();
  play("a");
  expect(admission.isTakenFrom("a")).toBe(false);
  expect(admission.isTakenFrom("b")).toBe(true);
  play("a");
  expect(ends).toEqual(["player_relaunched"]);
  expect(admission.running?.clientId).toBe("a");
});

test("a second player takes over or quits where the operator allows it, from that moment on", () => {
  const { admission, ends, play, allowed } = open();
  play("a");
  expect(admission.isTakenFrom("b")).toBe(true);
  allowed.takeover = true;
  expect(admission.isTakenFrom("b")).toBe(false);
  play("b");
  expect(ends).toEqual(["player_replaced"]);
  expect(admission.running?.clientId).toBe("b");
  admission.quit({ id: "c", name: "c" });
  expect(ends).toEqual(["player_replaced", "player_replaced"]);
  expect(admission.running).toBeUndefined();
  play("b");
  admission.quit({ id: "b", name: "b" });
  expect(ends.at(-1)).toBe("player_quit");
  play("a");
  allowed.takeover = false;
  expect(admission.isTakenFrom("b")).toBe(true);
});

test("a launch gives no rights once it was cancelled, replaced or its player removed", () => {
  const { admission, removed } = open();
  if (app === undefined) throw new Error("There is an app");
  const first = launchOf("a");
  admission.launch(app, first);
  expect(admission.mayTakeUp(first)).toBe(true);
  admission.cancel(ending("player_quit"));
  expect(admission.mayTakeUp(first)).toBe(false);
  const second = launchOf("a");
  admission.launch(app, second);
  expect([first, second].map((launch) => admission.mayTakeUp(launch))).toEqual([false, true]);
  removed.add("a");
  expect(admission.mayTakeUp(second)).toBe(false);
  expect(admission.launchFor("10.0.0.1")).toBeUndefined();
});

test("the app stays for a resume when the player left by itself only", () => {
  const { admission, play } = open();
  admission.playerLeft(play("a"), true);
  expect(admission.running?.app.title).toBe("Test picture");
  expect(admission.isTakenFrom("b")).toBe(false);
  admission.playerLeft(play("a"), false);
  expect(admission.running).toBeUndefined();
});

test("cancel ends what plays and what waits", () => {
  const { admission, ends, play } = open();
  play("a");
  admission.cancel(ending("player_quit"));
  expect(ends).toEqual(["player_quit"]);
  expect(admission.running).toBeUndefined();
  expect(admission.playing).toBeUndefined();
});
