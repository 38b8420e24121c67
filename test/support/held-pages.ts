/** The console's pages over a real history, with a session that a test plays, frame by frame. */
import { VerdictService } from "../../src/keep/verdicts.ts";
import { consoleHostIn } from "./console-host.ts";
import { Playing } from "./history-parts.ts";
import { begin, keepIn } from "./keep-parts.ts";

/** Frames a second of the session that `Playing` plays. */
export const playedFps = 50;

/**
 * A history below a directory, and what the console reads of it.
 * @param preset of the streams now; the encoder’s own unless given
 */
export async function heldIn(directory: string, preset?: string) {
  const parts = await keepIn(directory);
  const { service, store, recorder } = parts;
  const verdicts = new VerdictService({
    ...{ history: service, recordings: store, stats: recorder },
    presetNow: () => preset,
  });
  return { ...parts, history: service, verdicts, tape: parts.history };
}

export type Held = Awaited<ReturnType<typeof heldIn>>;

/** A session that plays for so many seconds, with a sample every two. */
export function playSession(held: Held, id: number, seconds: number): Playing {
  const playing = new Playing(held.scheduler);
  // Handed over with no time unaccounted for.
  Object.assign(playing.writer.draft, { gapUs: 0 });
  begin({ ...held, history: held.tape }, id, playing.memory);
  playSeconds(held, playing, { id, seconds });
  return playing;
}

/** More of it. */
export function playSeconds(
  held: Held,
  playing: Playing,
  { id, seconds }: { readonly id: number; readonly seconds: number },
): void {
  for (let second = 0; second < seconds; second += 2) {
    playing.play(2 * playedFps);
    held.sample(id);
  }
}

/** A console over it. */
export async function heldConsole(directory: string) {
  const held = await heldIn(directory);
  const { history, verdicts, clock } = held;
  const host = await consoleHostIn(directory, { clock, history, verdicts });
  return {
    held,
    host,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await held[Symbol.asyncDispose]();
    },
  };
}
