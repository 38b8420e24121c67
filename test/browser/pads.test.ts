/** Gamepads in real Chromium, which has none here: the page reads one of the test's own making. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { PadEvent } from "../../src/input/event.ts";
import { readPlayMessage, writeRumble } from "../../src/play/wire/message.ts";
import { until } from "../support/until.ts";
import { openScreen } from "../support/x-screen.ts";
import { openBrowser, openConsole, waitUntil } from "./support.ts";
import { startPlaying } from "./watching.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** In the standard layout; `pad` is what the test holds in its hands. */
const onePad = `(() => {
  const pad = {
    buttons: Array.from({ length: 17 }, () => ({ pressed: false, value: 0 })),
    axes: [0, 0, 0, 0],
    vibrationActuator: {
      playEffect: (kind, effect) => Promise.resolve((window.felt = { kind, ...effect })),
    },
  };
  window.pad = pad;
  navigator.getGamepads = () => [window.pad, null, null, null];
})()`;

function padsOf(bytes: Uint8Array): PadEvent[] {
  const message = readPlayMessage(bytes);
  return message?.kind === "input" ? message.events.filter((event) => event.kind === "pad") : [];
}

/** What the page says of its pads, and a way to answer as the host. */
async function followPads(page: Page) {
  const said: PadEvent[] = [];
  const host = Promise.withResolvers<(bytes: Uint8Array) => void>();
  await page.routeWebSocket(/\/input\?/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((bytes) => {
      server.send(bytes);
      if (typeof bytes !== "string") said.push(...padsOf(bytes));
    });
    host.resolve((bytes) => socket.send(Buffer.from(bytes)));
  });
  return { said, host: host.promise };
}

test("a pad goes to the host as it is held, feels what comes back, and is let go with the input", async () => {
  await using screen = await openScreen();
  await using console = await openConsole(browser);
  const page = await console.signIn();
  const { said, host } = await followPads(page);
  await page.addInitScript(onePad);
  await startPlaying(page, console.url, screen);
  await until(() => said.length > 0, { what: "the host hears of the pad" });
  const rest = { leftTrigger: 0, rightTrigger: 0, leftX: 0, leftY: 0, rightX: 0, rightY: 0 };
  expect(said.at(-1)).toEqual({ kind: "pad", pad: 0, activeMask: 1, buttons: 0, ...rest });

  await page.evaluate(`Object.assign(pad.buttons[0], { pressed: true, value: 1 });
    Object.assign(pad.buttons[7], { pressed: true, value: 1 });
    pad.axes = [-1, -1, 0, 0];`);
  await until(() => said.at(-1)?.leftX === -32_767, { what: "the stick arrives" });
  const held = { buttons: 0x1000, rightTrigger: 255, leftX: -32_767, leftY: 32_767 };
  expect(said.at(-1)).toMatchObject(held);

  (await host)(writeRumble({ pad: 0, strong: 65_535, weak: 0 }, 300));
  await waitUntil(page, "window.felt?.duration === 300");
  expect(await page.evaluate<object>("window.felt")).toEqual({
    ...{ kind: "dual-rumble", duration: 300, strongMagnitude: 1, weakMagnitude: 0 },
  });

  await page.keyboard.press("Control+Alt+Shift+KeyQ");
  await until(() => said.at(-1)?.buttons === 0, { what: "the pad is let go" });
  expect(said.at(-1)).toEqual({ kind: "pad", pad: 0, activeMask: 0, buttons: 0, ...rest });
}, 60_000);
