/** The charges, by cause: shares, episodes and the worst place of each. */
import type { Cause, CauseCode, SettingChange, Verdict } from "../model/verdict.ts";
import {
  causeShareMin,
  evenRepeatWeight,
  filmFps,
  questionShareMin,
  rateShareMin,
  stepShareMin,
} from "./bounds.ts";
import { cadenceOf } from "./cadence.ts";
import { changeBehind } from "./changes.ts";
import type { Charge, Charged } from "./charged.ts";
import type { Episode } from "./episodes.ts";
import { evidenceOf } from "./evidence.ts";
import type { StreamFacts } from "./input.ts";
import type { Judged } from "./judge.ts";
import type { Outages } from "./outages.ts";
import { millis, roundShare } from "./round.ts";
import type { SourceFacts } from "./source.ts";
import { stepFor } from "./steps.ts";
import { type Traits, traitsOf } from "./traits.ts";
import type { Windows } from "./windows.ts";

/** Everything that was charged to one cause, or to one question. */
type Account = {
  readonly charge: Charge;
  excessUs: number;
  /** Its first row in each episode. */
  readonly episodes: Map<Episode | number, number>;
  readonly rows: number[];
  readonly partsUs: Map<Charged["part"], number>;
  worstRow: number;
  worstUs: number;
};

type Context = {
  readonly stream: StreamFacts;
  readonly windows: Windows;
  readonly changes: readonly SettingChange[];
  readonly outages: Outages;
};

/** Filled episode by episode, read once at the end. */
export class Accounts {
  readonly #judged: Judged;
  readonly #accounts = new Map<string, Account>();
  #excessUs = 0;
  /** Players' input while the source was frozen. */
  #unansweredCount = 0;

  constructor(judged: Judged) {
    this.#judged = judged;
  }

  /** Returns the cause that took most of the episode. */
  addEpisode(episode: Episode, charged: readonly Charged[]): CauseCode | undefined {
    const shares = new Map<CauseCode | undefined, number>();
    for (const item of charged) {
      this.#add(item, episode);
      const code = "code" in item.charge ? item.charge.code : undefined;
      shares.set(code, (shares.get(code) ?? 0) + item.excessUs);
    }
    return [...shares].sort(([, a], [, b]) => b - a)[0]?.[0];
  }

  /** Repeats of a moving source are late by the viewer's wait: one interval each. */
  addSource(source: SourceFacts, fps: number): void {
    const { intervalUs } = this.#judged;
    for (const [index, { first, last, inputCount = 0 }] of source.stills.entries()) {
      this.#unansweredCount += inputCount;
      const excessUs = (last - first + 1) * intervalUs;
      const charge = { code: "source_still" } as const;
      this.#add({ row: first, part: "capture", excessUs, charge }, index);
    }
    const isBehind = source.movingFps > 0 && source.movingFps < rateShareMin * fps;
    if (!isBehind || source.evenRepeatCount === 0) return;
    const weight = source.movingFps < filmFps ? 1 : evenRepeatWeight;
    const excessUs = source.evenRepeatCount * intervalUs * weight;
    const charge = { code: "source_slow_rate" } as const;
    this.#add({ row: source.longestHoldRow, part: "capture", excessUs, charge }, 0);
  }

  causes(context: Context): Cause[] {
    const causes: Cause[] = [];
    for (const account of this.#accounts.values()) {
      if (!("code" in account.charge)) continue;
      const share = account.excessUs / this.#excessUs;
      if (share >= causeShareMin) causes.push(this.#causeOf(account, account.charge.code, context));
    }
    return causes.sort((a, b) => b.share - a.share);
  }

  /** Questions that weigh enough to change the answer. */
  questions(): Verdict["cannot_tell"] {
    return [...this.#accounts.values()].flatMap(({ charge, excessUs }) => {
      if ("code" in charge || excessUs < questionShareMin * this.#excessUs) return [];
      return [{ between: [...charge.between], for_lack_of: charge.lacking }];
    });
  }

  get unexplainedShare(): number {
    let openUs = 0;
    for (const { charge, excessUs } of this.#accounts.values()) {
      if (!("code" in charge) || excessUs < causeShareMin * this.#excessUs) openUs += excessUs;
    }
    return this.#excessUs === 0 ? 0 : roundShare(openUs / this.#excessUs);
  }

  /** Shares of the excess by part of a frame's time. */
  blame(): Verdict["blame"] {
    const byPart = new Map<string, number>();
    for (const { partsUs } of this.#accounts.values()) {
      for (const [part, us] of partsUs) byPart.set(part, (byPart.get(part) ?? 0) + us);
    }
    return Object.fromEntries(
      [...byPart].map(([part, us]) => [part, roundShare(us / this.#excessUs)]),
    );
  }

  /** When each episode of a cause began, or its part of one. */
  startsOf(code: CauseCode): number[] {
    const { due_us } = this.#judged.table.columns;
    return [...(this.#accounts.get(code)?.episodes.values() ?? [])].map((row) => due_us[row] ?? 0);
  }

  #inputEvidence(code: CauseCode): Cause["evidence"] {
    if (code !== "source_still" || this.#unansweredCount === 0) return [];
    return [{ metric: "input_count", seen: this.#unansweredCount, unit: "count" }];
  }

  #add({ row, part, excessUs, charge }: Charged, episode: Episode | number): void {
    const account = this.#accountOf(charge);
    account.excessUs += excessUs;
    if (!account.episodes.has(episode)) account.episodes.set(episode, row);
    account.rows.push(row);
    account.partsUs.set(part, (account.partsUs.get(part) ?? 0) + excessUs);
    this.#excessUs += excessUs;
    if (excessUs <= account.worstUs) return;
    account.worstUs = excessUs;
    account.worstRow = row;
  }

  #accountOf(charge: Charge): Account {
    const key = "code" in charge ? charge.code : `${charge.between.join()}?${charge.lacking}`;
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account: Account = {
      charge,
      excessUs: 0,
      episodes: new Map(),
      rows: [],
      partsUs: new Map(),
      worstRow: 0,
      worstUs: 0,
    };
    this.#accounts.set(key, account);
    return account;
  }

  #causeOf(
    account: Account,
    code: CauseCode,
    { stream, windows, changes, outages }: Context,
  ): Cause {
    const judged = this.#judged;
    const part = [...account.partsUs].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "wait";
    const outageUs = code === "link_loss" ? outages.lengthUsOf(account.rows) : undefined;
    const seen = { code, rows: account.rows, part, outageUs };
    const since = changeBehind(code, account.rows, { judged, changes });
    // A change that made all frames slow is named; whether they were few is irrelevant then.
    const { momentary, ...others } = traitsOf(seen, judged, windows);
    const traits: Traits = since === undefined && momentary ? { ...others, momentary } : others;
    const facts = { stream, judged, windows, rows: account.rows, traits };
    const share = roundShare(account.excessUs / this.#excessUs);
    const isAdvised = share >= stepShareMin && traits.momentary !== true;
    const advice = isAdvised ? stepFor(code, facts) : undefined;
    const step = since === undefined ? advice : wayBack(since);
    return {
      code,
      share,
      episodes: account.episodes.size,
      worst_ms: millis(judged.table.columns.due_us[account.worstRow] ?? 0),
      worst_late_ms: millis(account.worstUs),
      evidence: isSourceRate(code)
        ? [...rateEvidence(judged, stream), ...this.#inputEvidence(code)]
        : evidenceOf(seen, judged, windows),
      ...traits,
      // The sentence names the change itself.
      ...(since === undefined ? slowPreset(advice, stream) : { since }),
      ...(step === undefined ? {} : { step }),
    };
  }
}

/**
 * Where a faster preset would do, and neither another encoder nor a smaller mode is needed. x265 and
 * SVT-AV1 may use a faster one than the one that is set.
 */
function slowPreset(advice: Cause["step"], { preset, codec }: StreamFacts): Pick<Cause, "preset"> {
  const isEnough =
    codec === "h264" && advice?.code === "faster_preset" && advice.values.other === undefined;
  return isEnough && preset !== undefined ? { preset } : {};
}

function wayBack({ setting, from }: SettingChange): NonNullable<Cause["step"]> {
  return { code: "undo_change", values: { setting, value: from } };
}

const isSourceRate = (code: CauseCode) => code === "source_slow_rate" || code === "source_still";

function rateEvidence(judged: Judged, stream: StreamFacts): Cause["evidence"] {
  const cadence = cadenceOf(judged, stream);
  if (cadence === undefined) return [];
  return [{ metric: "source_fps", usual: stream.fps, seen: cadence.source_fps, unit: "fps" }];
}
