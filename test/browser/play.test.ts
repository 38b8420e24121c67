/** Playing in real Chromium: what is done over the picture reaches a real desktop. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { Happening } from "../../src/model/happening.ts";
import { padStates, playKinds } from "../../src/play/wire/layout.ts";
import { writePadState } from "../../src/play/wire/message.ts";
import { startSeatListener } from "../support/seat-listener.ts";
import { startDesktop } from "../support/sway.ts";
import { until } from "../support/until.ts";
import { openScreen, type XScreen } from "../support/x-screen.ts";
import { expectNoComplaint, openBrowser, openConsole, picture, waitUntil } from "./support.ts";
import { startPlaying } from "./watching.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test("a key typed over the picture reaches the program on the host, by its place", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await startPlaying(page, console.url, screen);
  await page.keyboard.press("KeyA");
  await screen.sees(/KeyPress[\s\S]*keysym 0x61, a\)[\s\S]*KeyRelease[\s\S]*keysym 0x61, a\)/);
  // The server repeats a key by itself when the release comes late.
  expect(new Set(screen.typed())).toEqual(new Set(["a"]));
  expectNoComplaint(console.complaints);
}, 60_000);

const center = { x: 320, y: 180 };

/** Where a point of the stream of 640×360 is on the page. */
async function placeOf(page: Page, { x, y }: { x: number; y: number }) {
  const box = await page.locator("watch-player canvas").boundingBox();
  if (box === null) throw new Error("the picture is not on the page");
  return { x: box.x + (x / 640) * box.width, y: box.y + (y / 360) * box.height };
}

test("places type what a German layout of the host has there, and texts arrive with their umlauts", async () => {
  await using screen = await openScreen();
  await screen.useLayout("de");
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await startPlaying(page, console.url, screen);
  for (const code of ["KeyZ", "KeyY", "BracketLeft", "Semicolon", "Quote", "Minus"]) {
    await page.keyboard.press(code);
  }
  await page.keyboard.press("AltRight+KeyQ");
  const typed = ["y", "z", "udiaeresis", "odiaeresis", "adiaeresis", "ssharp"];
  await screen.sees(/keysym 0x40, at\)/);
  expect(screen.typed()).toEqual([...typed, "ISO_Level3_Shift", "at"]);
  // What an input method or a keyboard on the screen gives is text.
  await page.keyboard.insertText("Grüße λ");
  await screen.sees(/keysym 0x(7eb|10003bb)/);
  const text = screen
    .typed()
    .slice(8)
    .filter((name) => !name.startsWith("Shift"));
  expect(text.slice(0, 6)).toEqual(["G", "r", "udiaeresis", "ssharp", "e", "space"]);
  expectNoComplaint(console.complaints);
}, 60_000);

test("a drag and the wheel over the picture arrive where they were made", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await startPlaying(page, console.url, screen);
  // The display of 640×480 stands between black bars: 480 wide, from 80 on.
  const [from, to] = [await placeOf(page, center), await placeOf(page, { x: 440, y: 270 })];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await screen.holds(({ hasButton, place }) => {
    const [x = 0, y = 0] = place;
    return hasButton && Math.abs(x - 480) <= 2 && Math.abs(y - 360) <= 2;
  });
  await page.mouse.up();
  await screen.holds(({ hasButton }) => !hasButton);
  await screen.sees(/ButtonPress[\s\S]*root:\((31[89]|32[012]),(239|24[01])\)/);
  await page.mouse.wheel(0, 240);
  await screen.sees(/button 5,/);
  await page.mouse.wheel(0, -120);
  await screen.sees(/button 4,/);
  await page.mouse.click(to.x, to.y, { button: "right" });
  await screen.sees(/ButtonRelease[\s\S]*button 3,/);
  expectNoComplaint(console.complaints);
}, 60_000);

test("the keys of the way out release everything, and the page says who has the input", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn({ locale: "de-DE" });
  await startPlaying(page, console.url, screen);
  expect(await page.textContent("[data-part=status]")).toBe("Tastatur und Maus steuern den Host");
  await page.keyboard.down("ControlLeft");
  await screen.holds(({ keycodes }) => keycodes.length === 1);
  await page.keyboard.down("AltLeft");
  await page.keyboard.down("ShiftLeft");
  await page.keyboard.down("KeyQ");
  await screen.holds(({ keycodes }) => keycodes.length === 0);
  await waitUntil(page, `document.querySelector("picture-input").dataset.state === "free"`);
  for (const code of ["KeyQ", "ShiftLeft", "AltLeft", "ControlLeft"]) await page.keyboard.up(code);
  await page.keyboard.press("KeyA");
  expect(screen.typed()).not.toContain("a");
}, 60_000);

test("that pads are left out stays in view as long as it is so", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  const host = Promise.withResolvers<(state: number) => void>();
  await page.routeWebSocket(/\/input\?/, (socket) => {
    socket.connectToServer();
    host.resolve((state) => socket.send(Buffer.from(writePadState(state))));
  });
  await startPlaying(page, console.url, screen);
  (await host.promise)(padStates.leftOut);
  const note = "[data-part=status]:has-text('Gamepads do not reach the host')";
  await page.waitForSelector(note);
  await page.evaluate(`document.dispatchEvent(new Event("pointerlockchange"))`);
  expect(await page.textContent(note)).toStartWith("Keyboard and mouse control the host");
  await page.click("[data-part=copy]");
  await page.waitForSelector(`${note}:not(:has-text('Keyboard and mouse'))`);
  (await host.promise)(padStates.arriving);
  await page.waitForSelector("[data-part=status]:text-is('Keyboard and mouse control the host')");
}, 60_000);

test("what is held goes up when the page goes", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await startPlaying(page, console.url, screen);
  await page.keyboard.down("KeyA");
  await screen.holds(({ keycodes }) => keycodes.length === 1);
  await page.goto(`${console.url}/watch`);
  await screen.holds(({ keycodes }) => keycodes.length === 0);
}, 60_000);

test("on a phone a tap clicks, and two fingers that move scroll", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn({
    ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  });
  await page.goto(`${console.url}/watch`);
  await startPlaying(page, console.url, screen);
  await picture(page, "phone");
  const place = await placeOf(page, center);
  await page.touchscreen.tap(place.x, place.y);
  await screen.sees(/ButtonPress[\s\S]*button 1,[\s\S]*ButtonRelease/);
  const cdp = await page.context().newCDPSession(page);
  const fingers = (y: number) => [
    { x: place.x - 20, y, id: 1 },
    { x: place.x + 20, y, id: 2 },
  ];
  await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(place.y) });
  for (let at = 1; at <= 12; at += 1) {
    const touchPoints = fingers(place.y - 20 * at);
    await cdp.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints });
  }
  await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await screen.sees(/button 5,/);
  expectNoComplaint(console.complaints);
}, 60_000);

/** A page whose browser came by a link, as somebody gets it who has nothing else. */
async function comeBy(
  console: Awaited<ReturnType<typeof openConsole>>,
  screen: XScreen,
  rights: "watch" | "play",
) {
  const stream = { source: `x11:${screen.name}`, width: 640, height: 360 };
  const { link, secret } = await console.host.links.create({ rights, stream });
  const page = await console.open();
  await page.goto(`${console.url}/join#${secret}`);
  await page.waitForURL(`${console.url}/guest`);
  return { link, secret, page };
}

test("a link to play opens its stream alone, and types until it is revoked", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const { link, secret, page } = await comeBy(console, screen, "play");
  await page.waitForSelector("watch-player[data-report]");
  await page.click("watch-player canvas");
  await waitUntil(page, `document.querySelector("picture-input").dataset.state === "taken"`);
  await page.keyboard.press("KeyA");
  await screen.sees(/KeyRelease[\s\S]*keysym 0x61, a\)/);
  await picture(page, "guest-plays");
  await page.keyboard.down("KeyB");
  await screen.holds(({ keycodes }) => keycodes.length === 1);
  await console.host.links.revoke(link.id);
  await screen.holds(({ keycodes }) => keycodes.length === 0);
  await page.waitForSelector("#watch-state.over");
  const streams = console.host.watching.streams;
  await until(() => streams.streams().length === 0, { what: "the stream of the link is over" });
  // Nothing in the history of the browser opens it again.
  expect(await page.evaluate("location.href + document.referrer")).not.toContain(secret);
  await page.goBack();
  expect(page.url()).not.toContain(secret);
  // The library says that its connection was cut.
  const isCut = /Connection closed: 1001|WebSocket connection to .* failed/;
  expectNoComplaint(console.complaints.filter((text) => !isCut.test(text)));
}, 60_000);

test("a link to watch shows the picture and cannot type", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const { page } = await comeBy(console, screen, "watch");
  await page.waitForSelector("watch-player[data-report]");
  expect(await page.locator("picture-input").count()).toBe(0);
  const [stream] = console.host.watching.streams.streams();
  const refusal = await page.evaluate<string>(`new Promise((resolve) => {
    const socket = new WebSocket("/input?stream=${stream?.session_id}");
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  })`);
  expect(refusal).toBe("refused");
  expect(screen.typed()).toEqual([]);
}, 60_000);

test("a Wayland desktop is typed into, clicked and scrolled from the page", async () => {
  await using desktop = await startDesktop({ width: 640, height: 360 });
  await using program = await startSeatListener(desktop.path);
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.goto(`${console.url}/watch`);
  await page.fill("input[name=source]", `wayland:${desktop.path}`);
  await page.selectOption("select[name=size]", "640x360");
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  await page.click("watch-player canvas");
  await waitUntil(page, `document.querySelector("picture-input").dataset.state === "taken"`);
  // There is a keyboard on its seat from now on.
  await program.sees("focused");
  await page.keyboard.press("KeyA");
  await until(() => program.typed().includes("a"), { what: "the letter arrives" });
  await page.keyboard.insertText("Grüße");
  await until(() => program.typed().includes("Grüße"), { what: "the text arrives" });
  const place = await placeOf(page, center);
  await page.mouse.click(place.x, place.y);
  await program.sees("button 272 down");
  await program.sees("button 272 up");
  await page.mouse.wheel(0, 120);
  await program.sees("wheel 0 1");
  expectNoComplaint(console.complaints);
}, 60_000);

/** Keeps when the page drew each picture. */
const followPictures = `window.drawn = [];
  document.querySelector("watch-player").addEventListener("picture-shown", ({ detail }) => window.drawn.push(detail));`;

/** When the page saw each click's picture, on its own clock. On media's socket messages may begin alike. */
function followShown(page: Page): number[] {
  const shownMs: number[] = [];
  page.on("websocket", (socket) => {
    if (new URL(socket.url()).pathname !== "/input") return;
    socket.on("framesent", ({ payload }) => {
      if (typeof payload === "string" || payload[1] !== playKinds.shown) return;
      shownMs.push(payload.readDoubleLE(16) / 1000);
    });
  });
  return shownMs;
}

test("a click ends with the drawing of its picture, not with a later repaint", async () => {
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.goto(`${console.url}/watch`);
  await page.selectOption("select[name=size]", "640x360");
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  await page.waitForSelector("watch-player[data-report]");
  await page.evaluate(followPictures);
  const shownMs = followShown(page);
  await page.click("click-meter button");
  await page.waitForSelector("click-meter[data-state=done]", { timeout: 60_000 });
  const drawn = await page.evaluate<{ timeUs: number; nowMs: number }[]>("window.drawn");
  const clicks = JSON.parse(
    (await page.getAttribute("click-meter", "data-clicks")) ?? "[]",
  ) as Clicks;
  expect(shownMs).toHaveLength(clicks.length);
  const lateMs = clicks.map(([, , capturedUs], index) => {
    // A picture that was passed over is answered by the next that is drawn.
    const answer = drawn.find(({ timeUs }) => timeUs >= capturedUs);
    return (shownMs[index] ?? Number.NaN) - (answer?.nowMs ?? Number.NaN);
  });
  const median = lateMs.toSorted((a, b) => a - b)[lateMs.length >> 1] ?? Number.NaN;
  expect(Math.abs(median)).toBeLessThan(5);
}, 90_000);

type Clicks = readonly (readonly [number, number, number, number, number])[];

test("a click is measured to its picture, part by part, on the page and as an event", async () => {
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.goto(`${console.url}/watch`);
  await page.selectOption("select[name=size]", "640x360");
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  await page.waitForSelector("watch-player[data-report]");
  await page.click("click-meter button");
  await page.waitForSelector("click-meter[data-state=done]", { timeout: 60_000 });
  await picture(page, "click-meter");
  const clicks = JSON.parse(
    (await page.getAttribute("click-meter", "data-clicks")) ?? "[]",
  ) as Clicks;
  expect(clicks.length).toBeGreaterThan(10);
  const happened = console.host.happened.filter(({ action }) => action === "click_shown");
  expect(happened.length).toBeGreaterThan(10);
  // The clock that is drawn into the picture says when it was captured: the mark is in the first after.
  for (const [sent, received, captured, encoded, shown] of clicks) {
    expect(received).toBeGreaterThan(sent - 2000);
    expect(captured).toBeGreaterThan(received);
    expect(encoded).toBeGreaterThan(captured);
    expect(shown).toBeGreaterThan(encoded - 2000);
  }
  for (const event of happened) {
    if (event.action !== "click_shown") continue;
    const { to_host_us, to_capture_us, to_encoded_us, to_shown_us, total_us } = event;
    const sum = to_host_us + to_capture_us + to_encoded_us + to_shown_us;
    expect(Math.abs(sum - total_us)).toBeLessThan(1000);
  }
  expectNoComplaint(console.complaints);
}, 90_000);

/** Opens the probe window on the desktop of the stream that the page shows, and measures. */
async function measureWindow(page: Page): Promise<Clicks> {
  await page.waitForSelector("watch-player[data-report]");
  await page.click("click-meter button");
  await page.waitForSelector("click-meter[data-state=done]", { timeout: 90_000 });
  const clicks = JSON.parse((await page.getAttribute("click-meter", "data-clicks")) ?? "[]");
  return clicks as Clicks;
}

/** Each part is measured, and its sum is the whole. */
function expectParts(clicks: Clicks, happened: readonly Happening[]): void {
  expect(clicks.length).toBeGreaterThan(10);
  const shown = happened.filter(({ action }) => action === "click_shown");
  expect(shown.length).toBeGreaterThan(10);
  for (const click of shown) {
    if (click.action !== "click_shown") continue;
    const {
      to_host_us = 0,
      to_capture_us = 0,
      to_encoded_us = 0,
      to_shown_us = 0,
      to_window_us = 0,
    } = click;
    const sum = to_host_us + to_capture_us + to_encoded_us + to_shown_us;
    expect(Math.abs(sum - click.total_us)).toBeLessThan(1000);
    expect(to_window_us).toBeGreaterThan(0);
    // A capture that has begun still sees what is drawn meanwhile.
    expect(to_window_us).toBeLessThanOrEqual(to_capture_us + to_encoded_us);
  }
}

test("on an X desktop a window of the host answers clicks, and is gone afterwards", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.goto(`${console.url}/watch`);
  await page.fill("input[name=source]", `x11:${screen.name}`);
  await page.selectOption("select[name=size]", "1280x720");
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  const clicks = await measureWindow(page);
  await picture(page, "click-window");
  expectParts(clicks, console.host.happened);
  await until(async () => (await windowsOn(screen.name)) === 1, { what: "the window is gone" });
  expectNoComplaint(console.complaints);
}, 150_000);

/** Windows that programs show on a display: the listener’s own is one. */
async function windowsOn(name: string): Promise<number> {
  const tree = Bun.spawn(["xwininfo", "-root", "-children", "-display", name], { stdout: "pipe" });
  const text = await new Response(tree.stdout).text();
  return Number(/(\d+) child/.exec(text)?.[1]);
}

test("on a Wayland desktop a window of the host answers clicks", async () => {
  await using desktop = await startDesktop({ width: 1280, height: 720 });
  await using console = await openConsole(browser);
  const page = await console.signIn();
  await page.goto(`${console.url}/watch`);
  await page.fill("input[name=source]", `wayland:${desktop.path}`);
  await page.click("main button.primary");
  await page.waitForURL(/\/watch\/\d+$/);
  const clicks = await measureWindow(page);
  await picture(page, "click-window-wayland");
  expectParts(clicks, console.host.happened);
  expectNoComplaint(console.complaints);
}, 150_000);
