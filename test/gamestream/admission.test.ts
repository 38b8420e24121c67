/** Who may play, who has to wait, and what is left when somebody goes. */
import { expect, test } from "bun:test";
import { Stage } from "../../src/gamestream/admission.ts";
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
  const stage = new Stage({ clock, scheduler, isPaired, mayTakeOver: () => allowed.takeover });
  const ends: string[] = [];
  const play = (clientId: string) => {
    const launch = launchOf(clientId);
    if (app !== undefined) stage.launch(app, launch);
    stage.play({
      launch,
      end: ({ code }) => {
        ends.push(code);
        stage.left(launch, false);
      },
    });
    stage.arrived();
    return launch;
  };
  return { clock, scheduler, stage, ends, play, removed, allowed };
}

test("a launch is forgotten when nobody takes it up within ten seconds", () => {
  const { clock, stage } = open();
  const launch = launchOf("a");
  if (app !== undefined) stage.launch(app, launch);
  expect(stage.launchFor("10.0.0.1")).toBe(launch);
  expect(stage.launchFor("10.0.0.2")).toBeUndefined();
  clock.advanceMs(launchLifeUs / 1000 - 1);
  expect(stage.isTakenFrom("b")).toBe(true);
  clock.advanceMs(1);
  expect(stage.isTakenFrom("b")).toBe(false);
  expect(stage.launchFor("10.0.0.1")).toBeUndefined();
  expect(stage.running).toBeUndefined();
});

test("a timer runs while a launch pends, and none at rest", () => {
  const { scheduler, stage, ends, play } = open();
  expect(scheduler.waitingCount).toBe(0);
  if (app !== undefined) stage.launch(app, launchOf("a"));
  expect(scheduler.waitingCount).toBe(1);
  scheduler.advanceMs(launchLifeUs / 1000);
  expect([scheduler.waitingCount, stage.running]).toEqual([0, undefined]);
  play("a");
  expect(scheduler.waitingCount).toBe(0);
  if (app !== undefined) stage.launch(app, launchOf("a"));
  stage.cancel(ending("player_quit"));
  expect([scheduler.waitingCount, ends]).toEqual([0, ["player_relaunched"]]);
});

test("who plays keeps others out, and may launch anew itself", () => {
  const { stage, ends, play } = open();
  play("a");
  expect(stage.isTakenFrom("a")).toBe(false);
  expect(stage.isTakenFrom("b")).toBe(true);
  play("a");
  expect(ends).toEqual(["player_relaunched"]);
  expect(stage.running?.clientId).toBe("a");
});

test("a second player takes over or quits where the operator allows it, from that moment on", () => {
  const { stage, ends, play, allowed } = open();
  play("a");
  expect(stage.isTakenFrom("b")).toBe(true);
  allowed.takeover = true;
  expect(stage.isTakenFrom("b")).toBe(false);
  play("b");
  expect(ends).toEqual(["player_replaced"]);
  expect(stage.running?.clientId).toBe("b");
  stage.quit({ id: "c", name: "c" });
  expect(ends).toEqual(["player_replaced", "player_replaced"]);
  expect(stage.running).toBeUndefined();
  play("b");
  stage.quit({ id: "b", name: "b" });
  expect(ends.at(-1)).toBe("player_quit");
  play("a");
  allowed.takeover = false;
  expect(stage.isTakenFrom("b")).toBe(true);
});

test("a launch gives no rights once it was cancelled, replaced or its player removed", () => {
  const { stage, removed } = open();
  if (app === undefined) throw new Error("There is an app");
  const first = launchOf("a");
  stage.launch(app, first);
  expect(stage.mayTakeUp(first)).toBe(true);
  stage.cancel(ending("player_quit"));
  expect(stage.mayTakeUp(first)).toBe(false);
  const second = launchOf("a");
  stage.launch(app, second);
  expect([first, second].map((launch) => stage.mayTakeUp(launch))).toEqual([false, true]);
  removed.add("a");
  expect(stage.mayTakeUp(second)).toBe(false);
  expect(stage.launchFor("10.0.0.1")).toBeUndefined();
});

test("the app stays for a resume when the player left by itself only", () => {
  const { stage, play } = open();
  stage.left(play("a"), true);
  expect(stage.running?.app.title).toBe("Test picture");
  expect(stage.isTakenFrom("b")).toBe(false);
  stage.left(play("a"), false);
  expect(stage.running).toBeUndefined();
});

test("cancel ends what plays and what waits", () => {
  const { stage, ends, play } = open();
  play("a");
  stage.cancel(ending("player_quit"));
  expect(ends).toEqual(["player_quit"]);
  expect(stage.running).toBeUndefined();
  expect(stage.playing).toBeUndefined();
});
