/** What the charts show, in the page's address: a link shows what its sender saw. */
import type { Range } from "./range.ts";

export type PageState = {
  readonly range: Range | undefined;
  readonly session: number | undefined;
  readonly stack: "mean" | "p50";
  readonly hasP99: boolean;
  /** Of the two captures of a comparison, the sessions that are chosen. */
  readonly sides: readonly [number | undefined, number | undefined];
  /** Kinds of events that are marked; absent is all. */
  readonly kinds: readonly string[] | undefined;
};

export const pageDefault: PageState = {
  range: undefined,
  session: undefined,
  stack: "mean",
  hasP99: true,
  sides: [undefined, undefined],
  kinds: undefined,
};

export function readAddress(): PageState {
  const parameters = new URLSearchParams(location.search);
  const number = (name: string) => {
    const text = parameters.get(name) ?? "";
    return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  const [fromMs, toMs] = [number("from"), number("to")];
  return {
    range:
      fromMs !== undefined && toMs !== undefined && fromMs < toMs ? { fromMs, toMs } : undefined,
    session: number("session"),
    stack: parameters.get("stack") === "p50" ? "p50" : "mean",
    hasP99: !parameters.has("stack") || parameters.get("p99") === "yes",
    sides: [number("a"), number("b")],
    kinds: parameters.get("marks")?.split(",").filter(Boolean),
  };
}

/** Every change adds a history entry, so the browser's back button undoes it. */
export function writeAddress({ range, session, stack, hasP99, sides, kinds }: PageState): void {
  const parameters = new URLSearchParams(location.search);
  const put = (name: string, value: number | string | undefined) => {
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, String(value));
  };
  put("from", range?.fromMs);
  put("to", range?.toMs);
  put("session", session);
  put("a", sides[0]);
  put("b", sides[1]);
  put("marks", kinds?.join(","));
  for (const name of ["stack", "p99"]) parameters.delete(name);
  if (stack === "p50" || !hasP99) {
    parameters.set("stack", stack);
    if (hasP99) parameters.set("p99", "yes");
  }
  const query = parameters.toString().replaceAll("%2C", ",");
  history.pushState(null, "", query === "" ? location.pathname : `?${query}`);
}
