/** Tells the timeline of a call of the API that was made in another way, with the API's answer. */
import type { Clock } from "../../base/clock.ts";
import type { Parts } from "../parts.ts";
import { bodyOfError } from "./problem.ts";

export type Call = {
  readonly method: "POST" | "PATCH" | "DELETE";
  /** Pattern of the path, in which `id` stands for `:id`. */
  readonly route: string;
  readonly id?: string | number;
  readonly body?: unknown;
};

export type Answer = { readonly status: number; readonly value?: unknown };

export const done: Answer = { status: 204 };
export const ok = (value: unknown): Answer => ({ status: 200, value });

/** Does what is asked, and tells how long it took and what the API would have answered. */
export class Teller {
  readonly #timeline: Parts["timeline"];
  readonly #clock: Clock;

  constructor(timeline: Parts["timeline"], clock: Clock) {
    this.#timeline = timeline;
    this.#clock = clock;
  }

  now<T>(call: Call, act: () => T, answer: (value: T) => Answer): T {
    const startedUs = this.#clock.nowUs();
    try {
      const value = act();
      this.#tell(call, answer(value), startedUs);
      return value;
    } catch (error) {
      this.#tell(call, bodyOfError(error), startedUs);
      throw error;
    }
  }

  async later<T>(
    call: Call,
    act: () => T | Promise<T>,
    answer: (value: Awaited<T>) => Answer,
  ): Promise<Awaited<T>> {
    const startedUs = this.#clock.nowUs();
    try {
      const value = await act();
      this.#tell(call, answer(value), startedUs);
      return value;
    } catch (error) {
      this.#tell(call, bodyOfError(error), startedUs);
      throw error;
    }
  }

  #tell({ method, route, id, body }: Call, { status, value }: Answer, startedUs: number): void {
    if (!this.#timeline.isRecording()) return;
    const text = value === undefined ? "" : JSON.stringify(value);
    this.#timeline.recordCall({
      method,
      route,
      path: id === undefined ? route : route.replace(":id", encodeURIComponent(id)),
      body,
      status,
      durationUs: this.#clock.nowUs() - startedUs,
      actor: "console",
      answer: { text, contentType: "application/json" },
      isReplayed: false,
    });
  }
}
