/**
 * Loss that neither host nor player makes: the kernel drops datagrams on their way in, inside a
 * network namespace of its own, and counts them. Dropped on their way out they would be seen by the
 * sender, whose socket asks for errors.
 */
import { expect, test } from "bun:test";

const isRoot = process.getuid?.() === 0;
const sampleCount = 8;

type Run = {
  readonly packets_dropped: number;
  readonly fec_recovered: number;
  readonly frames_lost: number;
  readonly lower_bounds: readonly string[];
  readonly rebuilt: number;
  readonly lost_frames: number;
};

/** Datagrams of the video port that the kernel drops, of a thousand. */
async function run(perMille: number): Promise<Run & { lost: number }> {
  const script = `
    ip link set lo up
    nft add table netdev t
    nft add chain netdev t in '{ type filter hook ingress device lo priority 0; }'
    nft add counter netdev t lost
    nft add rule netdev t in udp sport 41009 numgen random mod 1000 '<' ${perMille} counter name lost drop
    "$BUN" test/support/gamestream-loss-process.ts ${sampleCount}
    nft list counters netdev`;
  const child = Bun.spawn(["unshare", "-n", "sh", "-ec", script], {
    env: { ...process.env, BUN: process.execPath },
    stderr: "ignore",
  });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  const line = text.split("\n").find((each) => each.startsWith("{")) ?? "{}";
  return { ...JSON.parse(line), lost: Number(/packets (\d+)/.exec(text)?.[1]) };
}

test.skipIf(!isRoot)(
  "at 1 % loss what is reported stays below the truth and above 70 % of it",
  async () => {
    const { lost, packets_dropped, fec_recovered, lower_bounds, rebuilt } = await run(10);
    expect(lost).toBeGreaterThan(50);
    expect(packets_dropped).toBeLessThanOrEqual(lost);
    expect(packets_dropped).toBeGreaterThan(0.7 * lost);
    expect(fec_recovered).toBeLessThanOrEqual(rebuilt);
    expect(fec_recovered).toBeGreaterThan(0.7 * rebuilt);
    expect(lower_bounds).toEqual(["packets_dropped", "fec_recovered"]);
  },
  60_000,
);

test.skipIf(!isRoot)(
  "without loss nothing is reported",
  async () => {
    const { lost, packets_dropped, fec_recovered, frames_lost, lost_frames } = await run(0);
    expect([lost, packets_dropped, fec_recovered, frames_lost, lost_frames]).toEqual([
      0, 0, 0, 0, 0,
    ]);
  },
  60_000,
);
