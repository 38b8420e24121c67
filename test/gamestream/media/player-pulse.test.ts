/** A player that stood still, and one whose signs were lost: how it numbers its pings decides. */
import { expect, test } from "bun:test";
import { PlayerPulse } from "../../../src/gamestream/media/player-pulse.ts";

/** A player pings every 500 ms and is heard every 100 ms; until 5 s nothing is wrong. */
const paceUs = 500_000;
const fromUs = 5_030_000;

function calmPulse(): PlayerPulse {
  const pulse = new PlayerPulse();
  for (let count = 1; count <= 11; count++) pulse.onPing(count, (count - 1) * paceUs);
  return pulse;
}

const after = ({ judgedCount, pausedUs }: PlayerPulse) => [judgedCount, pausedUs];

for (const silentUs of [1_000_000, 2_500_000, 6_000_000]) {
  const name = `${silentUs / 1e6} s`;
  const heardUs = fromUs + silentUs;

  test(`a player that stood still for ${name} sent no ping in that time`, () => {
    const pulse = calmPulse();
    pulse.onPing(12, heardUs + 1000);
    pulse.onHeard({ fromUs, heardUs });
    expect(after(pulse)).toEqual([0, 0]);
    pulse.onPing(13, heardUs + 1000 + paceUs);
    expect(after(pulse)).toEqual([1, silentUs]);
  });

  test(`a player whose pings of ${name} were lost counted on`, () => {
    const pulse = calmPulse();
    pulse.onHeard({ fromUs, heardUs });
    const sent = Math.floor((heardUs + 200_000) / paceUs) + 1;
    pulse.onPing(sent + 1, sent * paceUs);
    expect(after(pulse)).toEqual([1, 0]);
  });

  test(`a link that held everything back for ${name} is not a player that stood still`, () => {
    const pulse = calmPulse();
    const held = Math.floor(heardUs / paceUs) + 1;
    for (let count = 12; count <= held; count++) pulse.onPing(count, heardUs + count);
    pulse.onHeard({ fromUs, heardUs });
    pulse.onPing(held + 1, held * paceUs + paceUs / 2);
    expect(pulse.pausedUs).toBe(0);
  });
}

test("without an even pace before it a silence is not judged", () => {
  const pulse = new PlayerPulse();
  pulse.onPing(1, 0);
  pulse.onHeard({ fromUs: 10_000, heardUs: 2_000_000 });
  pulse.onPing(2, 2_300_000);
  expect(after(pulse)).toEqual([0, 0]);
});

test("numbers that leap or fall are no pace, and no pause", () => {
  const pulse = new PlayerPulse();
  for (const [index, count] of [9, 3, 4_000_000_000, 5, 4_294_967_295, 0].entries()) {
    pulse.onPing(count, index * paceUs);
  }
  pulse.onHeard({ fromUs: 1_000_000, heardUs: 5_000_000 });
  pulse.onPing(7, 6_000_000);
  expect(after(pulse)).toEqual([0, 0]);
});
