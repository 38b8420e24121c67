/** A link that carries nothing for a second or more: an interface that is down, a cable that is pulled. */
import { expect, test } from "bun:test";
import { causeWords } from "../../src/i18n/causes.ts";
import { english } from "../../src/i18n/english.ts";
import { german } from "../../src/i18n/german.ts";
import { judgeRows } from "./judging.ts";
import { fate, type MadeRow } from "./made-rows.ts";

const whole: MadeRow = { complete_us: 9000 };
const refusedRow: MadeRow = { fate: fate("refused"), lost_packets: Number.NaN };
const lostRow: MadeRow = { fate: fate("lost"), lost_packets: 20 };
const isDead = (row: number) => row >= 600 && row < 690;
/** The player asks for a key frame once it is there again. */
const chain = (row: number): MadeRow => (row === 700 ? { ...whole, key: 1 } : whole);
const silent = { unreachable_us: 1_500_000, unmeasured: ["packets_dropped" as const] };
const ran = { player_wait_us: 0 };

test("an interface that is down is neither a narrow link nor a loss that parity mends", () => {
  const verdict = judgeRows(
    (row) => {
      if (isDead(row)) return row % 2 === 0 ? refusedRow : lostRow;
      return chain(row);
    },
    (t_ms) => {
      if (t_ms === 12_000) return { ...silent, send_dropped: 800, rtt_us: 2000 };
      return t_ms === 14_000 ? { ...ran, rtt_us: 1_400_000 } : ran;
    },
  );
  expect(verdict.causes).toMatchObject([
    {
      ...{ code: "link_loss", share: 1, loss: "outage" },
      evidence: [{ metric: "unreachable_us", seen: 1_500_000, unit: "us" }],
      step: { code: "check_wireless", values: { loss: "outage" } },
    },
  ]);
  // Those behind it could not be decoded until the key frame.
  expect(verdict.frames.absent).toBe(100);
});

test("a cable that is pulled at the player is seen by what never arrived", () => {
  const verdict = judgeRows(
    (row) => (isDead(row) ? {} : whole),
    (t_ms) => (t_ms === 12_000 ? silent : ran),
  );
  expect(verdict.causes).toMatchObject([{ code: "link_loss", share: 1, loss: "outage" }]);
});

test("a player that stood still was not cut off, however little came meanwhile", () => {
  const verdict = judgeRows(
    (row) => (isDead(row) ? lostRow : chain(row)),
    (t_ms) => {
      if (t_ms === 12_000) return silent;
      return t_ms === 14_000 ? { ...ran, player_pause_us: 1_450_000 } : ran;
    },
  );
  expect(verdict.causes.map(({ code }) => code)).toContain("player_still");
  expect(verdict.causes.map(({ loss }) => loss)).not.toContain("outage");
});

test("a short pause of the player does not explain a long silence", () => {
  const verdict = judgeRows(
    (row) => (isDead(row) ? {} : whole),
    (t_ms) => {
      if (t_ms === 12_000) return silent;
      return t_ms === 14_000 ? { ...ran, player_pause_us: 200_000 } : ran;
    },
  );
  expect(verdict.causes).toMatchObject([{ code: "link_loss", share: 1, loss: "outage" }]);
});

test("of a silent player that says nothing of itself only what could not be sent is sure", () => {
  const silence = (t_ms: number) => (t_ms === 12_000 ? silent : {});
  const unknown = judgeRows((row) => (isDead(row) ? {} : whole), silence);
  expect(unknown.causes).toEqual([]);
  expect(unknown.cannot_tell).toEqual([
    { between: ["link_loss", "player_still"], for_lack_of: "player_pause_us" },
  ]);
  const refused = judgeRows((row) => (isDead(row) ? refusedRow : whole), silence);
  expect(refused.causes).toMatchObject([{ code: "link_loss", share: 1, loss: "outage" }]);
});

test("while the player is still silent nobody knows whether it stood still", () => {
  const verdict = judgeRows(
    (row) => (row < 1710 ? whole : {}),
    (t_ms) => (t_ms === 30_000 ? { ...silent, ...ran } : ran),
  );
  expect(verdict.causes).toEqual([]);
  expect(verdict.cannot_tell[0]?.between).toEqual(["link_loss", "player_still"]);
});

test("the long wait for a key frame behind an outage belongs to it", () => {
  const verdict = judgeRows(
    (row) => {
      if (isDead(row)) return lostRow;
      return row === 900 ? { ...whole, key: 1 } : whole;
    },
    (t_ms) => (t_ms === 12_000 ? silent : ran),
  );
  expect(verdict.frames.absent).toBe(300);
  expect(verdict.causes).toMatchObject([{ code: "link_loss", share: 1, loss: "outage" }]);
});

test("a link that lets some of each frame through is not down, although the player is silent", () => {
  const verdict = judgeRows(
    (row) => (isDead(row) ? { ...lostRow, lost_packets: 8 } : whole),
    (t_ms) => (t_ms === 12_000 ? silent : ran),
  );
  expect(verdict.causes[0]?.code).toBe("link_loss");
  expect(verdict.causes[0]?.loss).not.toBe("outage");
});

test("an outage is named in both languages, with its length and what to check", () => {
  const cause = { code: "link_loss" as const, loss: "outage" as const };
  const step = { code: "check_wireless" as const, values: { loss: "outage" } };
  const texts = [english, german].map(({ verdict }) => {
    const { name, because } = causeWords(verdict, cause);
    return [
      name,
      because({ mode: "", seen: "1.7 s", preset: "" }),
      verdict.steps[step.code](step.values),
    ];
  });
  expect(texts).toEqual([
    [
      "Network interrupted",
      "the network carried nothing for 1.7 s",
      "Check the cable and its plugs, or move closer to the access point",
    ],
    [
      "Netzwerk unterbrochen",
      "im Netzwerk 1.7 s lang nichts übertragen wurde",
      "Kabel und Stecker prüfen oder näher an den Access Point gehen",
    ],
  ]);
});
