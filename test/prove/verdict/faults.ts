/**
 * The known faults of the proof: how each is made from outside, and which causes are right for it.
 * Nothing in the product knows that it is slow on purpose.
 */
import { join } from "node:path";
import type { CauseCode, VerdictQuality } from "../../../src/model/verdict.ts";
import type { Random } from "../../support/random.ts";
import { busiestThread, busyCores, freezeDisk, holdQuota, stopFor } from "./injections.ts";
import type { Lab } from "./lab.ts";
import { type LabPath, labPaths, type Setup } from "./setup.ts";

/** From hardly to be seen to not to be missed. */
export const strengths = ["weak", "medium", "strong"] as const;
export type Strength = (typeof strengths)[number];

/** What a fault is given: the running stream, its strength as an index, random moments. */
export type Injection = {
  readonly lab: Lab;
  readonly strength: 0 | 1 | 2;
  readonly random: Random;
};

export type Fault = {
  readonly name: string;
  readonly paths: readonly LabPath[];
  /** In place of the usual stream. */
  readonly setup?: (strength: 0 | 1 | 2, directory: string) => Partial<Setup>;
  /** Takes as long as the fault lasts. */
  inject(injection: Injection): Promise<void>;
  /** First causes that are right; none: nobody is to be blamed. */
  readonly right: readonly CauseCode[];
  /** Words that are right; all but `smooth` unless given. */
  readonly quality?: readonly VerdictQuality[];
  /** All strengths unless given. */
  readonly strengths?: readonly Strength[];
  /** Right only with a rhythm of so many milliseconds. */
  readonly rhythmMs?: number;
  /** Two at once: what each of them cost, as shares. */
  readonly shares?: Partial<Record<CauseCode, number>>;
  /** It takes the cores itself: in real time nothing else on this machine would run. */
  readonly isShared?: boolean;
  /** One of the fourteen causes that the console was first measured with. */
  readonly isOfFourteen?: boolean;
};

const faultMs = 5000;
const datagramPaths = ["native", "gamestream"] as const;
const anyQuality = ["smooth", "stutter", "bad"] as const;
const support = join(import.meta.dir, "../../support");

const of = <T>(values: readonly [T, T, T], strength: 0 | 1 | 2): T => values[strength];
const pass = (ms: number) => Bun.sleep(ms);

export const faults: readonly Fault[] = [
  {
    name: "calm",
    paths: labPaths,
    strengths: ["medium"],
    right: [],
    quality: ["smooth"],
    inject: () => pass(faultMs),
  },
  {
    name: "cores-busy",
    isShared: true,
    paths: labPaths,
    right: ["machine_busy"],
    isOfFourteen: true,
    inject: ({ strength }) => busyCores({ perCore: of([2, 4, 8], strength), ms: faultMs }),
  },
  {
    name: "host-stopped",
    paths: labPaths,
    right: ["host_paused"],
    isOfFourteen: true,
    inject: async ({ lab, strength, random }) => {
      for (let turn = 0; turn < 3; turn++) {
        await pass(700 + random.below(600));
        await stopFor(lab.hostPid, of([80, 300, 1000], strength));
      }
    },
  },
  {
    name: "thread-stopped",
    paths: datagramPaths,
    right: ["own_pause", "host_paused"],
    inject: async ({ lab, strength }) => {
      const thread = await busiestThread(lab.hostPid);
      const script = join(support, "thread-stopper-process.ts");
      const times = [`${of([40, 80, 240], strength)}`, "730", "6"];
      await Bun.spawn([process.execPath, script, `${thread}`, ...times]).exited;
    },
  },
  {
    name: "loss-random",
    paths: datagramPaths,
    right: ["link_loss"],
    quality: anyQuality,
    isOfFourteen: true,
    inject: ({ lab, strength }) => loseFor(lab, of([2, 8, 20], strength), faultMs),
  },
  {
    name: "loss-bursts",
    paths: datagramPaths,
    right: ["link_loss"],
    // A Moonlight player reports no frame of which nothing came: how bad it was cannot be known.
    quality: anyQuality,
    inject: async ({ lab, strength, random }) => {
      for (let turn = 0; turn < 6; turn++) {
        await pass(300 + random.below(700));
        await loseFor(lab, 100, of([30, 80, 160], strength));
      }
    },
  },
  {
    name: "loss-every-7-s",
    paths: ["native", "gamestream"],
    strengths: ["medium", "strong"],
    right: ["link_loss"],
    quality: anyQuality,
    rhythmMs: 7000,
    inject: async ({ lab, strength }) => {
      const startMs = Date.now();
      for (let turn = 0; turn < 4; turn++) {
        await pass(Math.max(0, startMs + turn * 7000 - Date.now()));
        await loseFor(lab, 100, of([40, 80, 160], strength));
      }
    },
  },
  {
    name: "link-shaped",
    paths: labPaths,
    right: ["link_narrow"],
    isOfFourteen: true,
    setup: () => ({ bitrateKbps: 6000, width: 1280, height: 720 }),
    inject: async ({ lab, strength }) => {
      await lab.machines.shape(of([5400, 4200, 3000], strength), 250_000);
      await pass(faultMs);
      await lab.machines.unshape();
    },
  },
  {
    name: "link-followed",
    paths: labPaths,
    right: ["link_narrow"],
    // The stream fits the link after a moment: what is left to say is that it carries no more.
    quality: anyQuality,
    isOfFourteen: true,
    setup: () => ({ bitrateKbps: 6000, width: 1280, height: 720, followsLink: true }),
    inject: async ({ lab, strength }) => {
      await lab.machines.shape(of([4800, 3600, 3000], strength), 250_000);
      await pass(faultMs + 3000);
      await lab.machines.unshape();
    },
  },
  {
    name: "round-trip-long",
    paths: ["native"],
    right: [],
    quality: ["smooth"],
    setup: (strength) => ({ relayMs: [of([10, 30, 80], strength), 0] }),
    inject: () => pass(faultMs),
  },
  {
    name: "jitter",
    paths: ["native"],
    right: ["link_jitter"],
    setup: (strength) => ({ relayMs: [5, of([40, 80, 160], strength)] }),
    inject: async ({ lab }) => {
      if (lab.relay !== undefined) process.kill(lab.relay.pid, "SIGUSR1");
      await pass(faultMs);
    },
  },
  {
    name: "film-24",
    paths: labPaths,
    strengths: ["medium"],
    right: ["source_slow_rate"],
    quality: anyQuality,
    isOfFourteen: true,
    setup: () => ({ picture: "film", pictureFps: 24 }),
    inject: () => pass(faultMs),
  },
  {
    name: "game-slow",
    paths: labPaths,
    right: ["source_slow_rate"],
    quality: anyQuality,
    isOfFourteen: true,
    setup: (strength) => ({ picture: "screen", pictureFps: of([20, 12, 8], strength) }),
    inject: () => pass(faultMs),
  },
  {
    name: "program-frozen",
    paths: labPaths,
    right: ["source_still"],
    isOfFourteen: true,
    setup: () => ({ picture: "screen" }),
    inject: async ({ lab, strength, random }) => {
      await pass(300 + random.below(500));
      await stopFor(lab.picture.program?.pid, of([400, 1200, 3000], strength));
      await pass(1500);
    },
  },
  {
    name: "screen-frozen",
    paths: labPaths,
    right: ["source_slow_capture"],
    setup: () => ({ picture: "screen" }),
    inject: async ({ lab, strength, random }) => {
      for (let turn = 0; turn < 4; turn++) {
        await pass(500 + random.below(500));
        await stopFor(lab.picture.screen?.pid, of([60, 150, 500], strength));
      }
    },
  },
  {
    name: "player-stopped",
    paths: datagramPaths,
    right: ["player_still"],
    isOfFourteen: true,
    inject: async ({ lab, strength }) => {
      await pass(500);
      await stopFor(lab.player?.pid, of([300, 1000, 2500], strength));
      await pass(2000);
    },
  },
  {
    name: "page-hidden",
    paths: ["browser"],
    strengths: ["medium", "strong"],
    right: ["player_still"],
    isOfFourteen: true,
    inject: async ({ lab, strength }) => {
      const { cdp } = lab.glass ?? {};
      await cdp?.send("Emulation.setFocusEmulationEnabled", { enabled: false });
      const window = await cdp?.send("Browser.getWindowForTarget");
      const windowId = window?.windowId ?? 0;
      const bounds = (windowState: "minimized" | "normal") =>
        cdp?.send("Browser.setWindowBounds", { windowId, bounds: { windowState } });
      await bounds("minimized");
      await pass(of([1500, 2500, 4000], strength));
      await bounds("normal");
      await pass(1500);
    },
  },
  {
    name: "browser-slow",
    paths: ["browser"],
    right: ["player_slow"],
    isOfFourteen: true,
    inject: async ({ lab, strength }) => {
      const slow = (rate: number) =>
        lab.glass?.cdp.send("Emulation.setCPUThrottlingRate", { rate });
      await slow(of([6, 12, 24], strength));
      await pass(faultMs);
      await slow(1);
    },
  },
  {
    name: "decoder-slow",
    // A quota does not hold what runs in real time.
    isShared: true,
    paths: ["browser"],
    right: ["player_slow"],
    inject: ({ lab, strength }) =>
      holdQuota(lab.glass?.pid, { percent: of([60, 35, 20], strength), ms: faultMs }),
  },
  {
    name: "preset-slow",
    isShared: true,
    paths: labPaths,
    right: ["encoder_slow"],
    isOfFourteen: true,
    setup: (strength) => ({
      preset: of(["fast", "medium", "slow"], strength),
      ...large,
    }),
    inject: () => pass(faultMs),
  },
  {
    name: "preset-changed",
    isShared: true,
    paths: labPaths,
    right: ["encoder_slow"],
    isOfFourteen: true,
    setup: () => large,
    inject: async ({ lab, strength }) => {
      const encoder_preset = of(["fast", "medium", "slow"], strength);
      await lab.call("PATCH", "settings", { encoder_preset });
      await pass(faultMs);
    },
  },
  {
    name: "bitrate-low",
    paths: labPaths,
    right: ["bitrate_too_low"],
    isOfFourteen: true,
    setup: (strength) => ({ ...large, bitrateKbps: of([400, 300, 200], strength) }),
    inject: () => pass(faultMs),
  },
  {
    name: "disk-stalls",
    paths: datagramPaths,
    right: [],
    quality: ["smooth"],
    setup: (_, directory) => ({ dataDirectory: directory }),
    inject: ({ lab, strength }) => freezeDisk(lab.directory, of([500, 1500, 4000], strength)),
  },
  {
    name: "stop-and-loss",
    paths: ["native"],
    strengths: ["strong"],
    right: ["host_paused", "link_loss"],
    shares: { host_paused: 0.6, link_loss: 0.4 },
    inject: async ({ lab, random }) => {
      for (let turn = 0; turn < 2; turn++) {
        await pass(500 + random.below(300));
        await stopFor(lab.hostPid, 600);
        await pass(800 + random.below(300));
        await loseFor(lab, 100, 400);
      }
    },
  },
];

const large: Partial<Setup> = { width: 1280, height: 720 };

async function loseFor(lab: Lab, percent: number, ms: number): Promise<void> {
  await lab.machines.lose(percent, lab.mediaPort, lab.protocol);
  await pass(ms);
  await lab.machines.heal();
}
