/**
 * Loss that neither host nor player makes: the kernel drops datagrams of the video port on their way
 * out, inside a network namespace of its own, and counts them. The sender does not notice. Needs
 * root, nftables and iproute2.
 */

export type GamestreamLoss = {
  /** Datagrams that the kernel dropped, by its own count. */
  readonly lost: number;
  /** Sums over the samples. */
  readonly packets_dropped: number;
  readonly send_dropped: number;
  readonly fec_recovered: number;
  readonly frames_lost: number;
  readonly lower_bounds: readonly string[];
  /** What the player did and saw. */
  readonly rebuilt: number;
  readonly lost_frames: number;
};

/** A session of so many samples of a second; the kernel drops so many of a thousand datagrams. */
export async function loseOnTheWay(perMille: number, sampleCount: number): Promise<GamestreamLoss> {
  const script = `
    ip link set lo up
    nft add table netdev t
    nft add chain netdev t out '{ type filter hook egress device lo priority 0; }'
    nft add counter netdev t lost
    nft add rule netdev t out udp sport 41009 numgen random mod 1000 '<' ${perMille} counter name lost drop
    "$BUN" test/support/gamestream-loss-process.ts ${sampleCount}
    nft list counters netdev`;
  const child = Bun.spawn(["unshare", "-n", "sh", "-ec", script], {
    env: { ...process.env, BUN: process.execPath },
    stderr: "ignore",
  });
  const text = await new Response(child.stdout).text();
  const code = await child.exited;
  if (code !== 0) throw new Error(`The run with ${perMille} of 1000 lost ended with ${code}`);
  const line = text.split("\n").find((each) => each.startsWith("{")) ?? "{}";
  return { ...JSON.parse(line), lost: Number(/packets (\d+)/.exec(text)?.[1]) };
}
