/** The three players of the proof: `onglass play`, one of the GameStream protocol, a browser. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { appIdOf } from "../../../src/gamestream/http/apps.ts";
import { sourceTitle } from "../../../src/model/source.ts";
import type { TwoMachines } from "../../support/two-machines.ts";
import type { Picture } from "./pictures.ts";
import { endProcess, type Process, type Setup } from "./setup.ts";

/** What a player is started in, and what it leaves there for faults to take hold of. */
type Place = {
  readonly setup: Setup;
  readonly machines: TwoMachines;
  readonly directory: string;
  readonly picture: Picture;
  player: Process | undefined;
  glass: Glass | undefined;
  relay: Process | undefined;
  call(method: string, path: string, body?: unknown): Promise<string>;
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
};

type Parts = {
  readonly lab: Place;
  /** Ends with the run. */
  readonly stack: AsyncDisposableStack;
  /** For what the player keeps. */
  readonly identity: string;
  readonly main: string;
};

/** A browser and the page that shows the stream. */
export type Glass = {
  readonly browser: Browser;
  readonly page: Page;
  readonly cdp: CDPSession;
  /** Of the browser's first process. */
  readonly pid: number;
};

const relayPort = 7790;
const support = join(import.meta.dir, "../../support");

export async function startNativePlayer({ lab, stack, main }: Parts): Promise<void> {
  const { setup, machines } = lab;
  const address = await startRelay({ lab, stack });
  const player = Bun.spawn(
    machines.playerCommand([
      ...[process.execPath, main, "play", address, "--data-dir", lab.directory, "--json"],
      ...["--width", `${setup.width}`, "--height", `${setup.height}`, "--fps", `${setup.fps}`],
      ...["--bitrate-kbps", `${setup.bitrateKbps}`],
    ]),
    { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
  );
  stack.defer(() => endProcess(player));
  lab.player = player;
}

/** Where the player connects to: the host, or a relay in between that makes the way longer. */
async function startRelay({ lab, stack }: Pick<Parts, "lab" | "stack">): Promise<string> {
  const { relayMs } = lab.setup;
  const { hostAddress } = lab.machines;
  if (relayMs === undefined) return `${hostAddress}:7781`;
  const script = join(support, "delaying-relay-process.ts");
  const args = [`${relayPort}`, hostAddress, "7781", ...relayMs.map(String)];
  const relay = Bun.spawn(lab.machines.playerCommand([process.execPath, script, ...args]), {
    ...{ stdin: "ignore", stdout: "pipe", stderr: "inherit" },
  });
  stack.defer(() => endProcess(relay));
  await relay.stdout.getReader().read();
  lab.relay = relay;
  return `127.0.0.1:${relayPort}`;
}

export async function startGamestreamPlayer({ lab, stack, identity }: Parts): Promise<void> {
  const { setup, machines, picture } = lab;
  const { width, height, fps, bitrateKbps } = setup;
  const appId = appIdOf(sourceTitle(picture.source));
  const options = JSON.stringify({ width, height, fps, bitrateKbps, appId });
  const script = join(support, "gamestream-player-process.ts");
  const player = Bun.spawn(
    machines.playerCommand([
      ...[process.execPath, script, machines.hostAddress, "47989", identity, options],
    ]),
    { stdin: "ignore", stdout: "ignore", stderr: "inherit" },
  );
  stack.defer(() => endProcess(player));
  await lab.until("the player waits for its PIN", async () => {
    return JSON.parse(await lab.call("GET", "pairing/waiting")).length > 0;
  });
  await lab.call("POST", "pairing/pin", { pin: "1234" });
  lab.player = player;
}

/** Chromium in the player's namespace, on the page that shows a stream opened for it. */
export async function openGlass({ lab, stack, identity }: Parts): Promise<void> {
  const { setup, machines } = lab;
  const command = join(identity, "browser");
  const words = machines.playerCommand(["/usr/bin/chromium"]).join(" ");
  await writeFile(command, `#!/bin/sh\necho $$ > ${identity}/pid\nexec ${words} "$@"\n`, {
    mode: 0o755,
  });
  const browser = await chromium.launch({
    executablePath: command,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  stack.defer(() => browser.close());
  const { width, height, fps, bitrateKbps } = setup;
  const request = { width, height, fps, bitrate_kbps: bitrateKbps };
  const stream = JSON.parse(await lab.call("POST", "streams", request));
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const token = (await Bun.file(join(lab.directory, "token")).text()).trim();
  const url = `https://${machines.hostAddress}:7780`;
  await page.goto(`${url}/sign-in#token=${token}`);
  await page.waitForURL(`${url}/`);
  await page.goto(`${url}/watch/${stream.session_id}`);
  const pid = Number(await Bun.file(join(identity, "pid")).text());
  lab.glass = { browser, page, cdp: await context.newCDPSession(page), pid };
}
