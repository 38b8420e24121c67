/** Numbers, dates and durations in the reader's format; units are the same in all languages. */
import type { Messages } from "../src/i18n/english.ts";
import type { Language } from "../src/i18n/language.ts";
import type { MetricUnit } from "../src/model/metric-fold.ts";
import { digitsOf, shownUnits } from "../src/model/metric-units.ts";

/** The reader of a page. */
export type Reader = {
  readonly language: Language;
  readonly messages: Messages;
  readonly format: Format;
};

/** Formats numbers, times and dates for the reader. */
export class Format {
  readonly #integer: Intl.NumberFormat;
  readonly #decimal: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #change: Intl.NumberFormat;
  readonly #date: Intl.DateTimeFormat;
  /** Hours and minutes of a day, for a clock that is parsed by the program. */
  readonly #clock: Intl.DateTimeFormat;
  /** By the maximum of decimal places: making one costs more than a hundred numbers. */
  readonly #rounded = new Map<number, Intl.NumberFormat>();
  readonly tag: string;

  /** `zone` is the reader's time zone; the host's own, by its name, if unknown. */
  constructor(tag: string, zone?: string) {
    this.tag = tag;
    this.#integer = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
    this.#decimal = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
    this.#percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 2 });
    this.#change = new Intl.NumberFormat(tag, {
      style: "percent",
      maximumFractionDigits: 1,
      signDisplay: "exceptZero",
    });
    this.#date = new Intl.DateTimeFormat(tag, {
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      ...(zone === undefined ? { timeZoneName: "short" } : { timeZone: zone }),
    });
    this.#clock = new Intl.DateTimeFormat("en", {
      ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      ...(zone === undefined ? {} : { timeZone: zone }),
    });
  }

  integer(value: number): string {
    return this.#integer.format(value);
  }

  /** One decimal place, none if it is zero. */
  decimal(value: number): string {
    return this.#decimal.format(value);
  }

  /** To the millisecond: 7.040 */
  seconds(value: number): string {
    return value.toLocaleString(this.tag, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  }

  /** With at most this many decimal places. */
  rounded(value: number, digits: number): string {
    let format = this.#rounded.get(digits);
    if (format === undefined) {
      format = new Intl.NumberFormat(this.tag, { maximumFractionDigits: digits });
      this.#rounded.set(digits, format);
    }
    return format.format(value);
  }

  percent(share: number): string {
    return this.#percent.format(share);
  }

  /** With its sign: +3.5 %. */
  change(share: number): string {
    return this.#change.format(share);
  }

  /** One of several: a, b or c. */
  choice(values: readonly string[]): string {
    return new Intl.ListFormat(this.tag, { type: "disjunction" }).format(values);
  }

  /** A dash for an invalid date: it may come from a file. */
  date(unixMs: number): string {
    return Math.abs(unixMs) <= dateMsMax ? this.#date.format(unixMs) : "–";
  }

  /**
   * When the reader's clock last showed `time`, such as `21:14`, to the minute; `undefined` if it
   * is not a time. On days when clocks change it may be an hour off.
   */
  lastTimeAt(time: string, nowMs: number): number | undefined {
    const asked = minutesOf(time);
    const now = minutesOf(this.#clock.format(nowMs));
    if (asked === undefined || now === undefined) return undefined;
    const agoMinutes = (now - asked + minutesPerDay) % minutesPerDay;
    return (Math.floor(nowMs / 60_000) - agoMinutes) * 60_000;
  }

  /** 0:07, 12:40, 3:00:00 */
  duration(ms: number): string {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const two = (value: number) => String(value).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const tail = two(seconds % 60);
    return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
  }

  /** 0.64 ms, 71.3 ms */
  micros(us: number): string {
    return `${this.metric("us", us)} ms`;
  }

  /** A metric's value in the unit for people, without that unit. */
  metric(unit: MetricUnit, value: number): string {
    const shown = value / shownUnits[unit].divisor;
    return this.rounded(shown, digitsOf(unit, shown));
  }

  /** 800 kbit/s, 10 Mbit/s */
  bitrate(kbps: number): string {
    return kbps < 1000 ? `${this.integer(kbps)} kbit/s` : `${this.decimal(kbps / 1000)} Mbit/s`;
  }
}

/** The range of JavaScript's dates, on both sides of 1970. */
const dateMsMax = 8.64e15;

/** The usual name of a path or codec. */
export function nameOf(value: string): string {
  return properNames.get(value) ?? value;
}

const properNames = new Map([
  ["native", "Native"],
  ["gamestream", "GameStream"],
  ["moq", "MoQ"],
  ["h264", "H.264"],
  ["hevc", "HEVC"],
  ["av1", "AV1"],
]);

const minutesPerDay = 24 * 60;

/** `21:14` */
function minutesOf(time: string): number | undefined {
  const [, hours = "", minutes = ""] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hours === "" ? undefined : Number(hours) * 60 + Number(minutes);
}
