/** What the charts show, in the page's address: a link shows what its sender saw. */
import type { Range } from "./range.ts";

export type PageState = {
  readonly range: Range | undefined;
  readonly session: number | undefined;
  readonly stack: "mean" | "p50";
  readonly hasP99: boolean;
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
  };
}

/** Each change is a step that the browser's back button takes back. */
export function writeAddress({ range, session, stack, hasP99 }: PageState): void {
  const parameters = new URLSearchParams(location.search);
  for (const name of ["from", "to", "session", "stack", "p99"]) parameters.delete(name);
  if (range !== undefined) {
    parameters.set("from", String(range.fromMs));
    parameters.set("to", String(range.toMs));
  }
  if (session !== undefined) parameters.set("session", String(session));
  if (stack === "p50" || !hasP99) {
    parameters.set("stack", stack);
    if (hasP99) parameters.set("p99", "yes");
  }
  const query = parameters.toString();
  history.pushState(null, "", query === "" ? location.pathname : `?${query}`);
}
