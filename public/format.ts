/** Numbers and durations in the page's language, the same as the server writes them. */
const tag = document.documentElement.dataset.tag ?? "en";
const formats = new Map<number | "compact", Intl.NumberFormat>();

/** With at most this many digits after the decimal point. */
export function numberFormat(digits: number): Intl.NumberFormat {
  const known = formats.get(digits);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(tag, { maximumFractionDigits: digits });
  formats.set(digits, made);
  return made;
}

/** Between the integer part and its tenths. */
export function decimalSign(): string {
  return numberFormat(1).format(0.5).slice(1, -1);
}

/** 1.2M, 40K: for a chart's axis, which has room for six characters. */
export function axisNumber(value: number, digits: number): string {
  const text = numberFormat(digits).format(value);
  return text.length <= axisLengthMax ? text : compactFormat().format(value);
}

const axisLengthMax = 6;

/** Made on first use: the first number format costs a page some ten milliseconds. */
function compactFormat(): Intl.NumberFormat {
  const known = formats.get("compact");
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(tag, { notation: "compact", maximumFractionDigits: 1 });
  formats.set("compact", made);
  return made;
}

/** 0:07, 12:40, 3:00:00 */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const tail = `${Math.floor(seconds / 60) % 60}:${two(seconds % 60)}`;
  return hours === 0 ? tail : `${hours}:${tail.padStart(5, "0")}`;
}
