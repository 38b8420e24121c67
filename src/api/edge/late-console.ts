/**
 * The console's pages, whose code is half of what a host loads: a start answers programs without
 * them. They are loaded with the first request for one, or soon after the host runs.
 */
import type { AnyElysia } from "elysia";
import type { Refuse } from "./problem.ts";

/** Every page, and what a person in a browser sees instead of the envelope. */
export type ConsolePages = {
  /** Open routes say so with `detail: { security: [] }`. */
  readonly pages: readonly AnyElysia[];
  readonly problemPage: Refuse;
};

/** Loaded once, with the first call. Attached to one app. */
export class LateConsole {
  readonly #load: () => Promise<ConsolePages>;
  #add: ((pages: ConsolePages["pages"]) => void) | undefined;
  #loading: Promise<void> | undefined;
  /** Set once the pages are loaded. */
  problemPage: Refuse | undefined;

  /** @param load what is loaded with the first page */
  constructor(load: () => Promise<ConsolePages>) {
    this.#load = load;
  }

  /** @param add puts the pages into the app that is to answer them */
  attach(add: (pages: ConsolePages["pages"]) => void): void {
    this.#add = add;
  }

  /** Resolves when every page is answered. @throws what `load` throws; the next call tries again */
  async opened(): Promise<void> {
    this.#loading ??= this.#open();
    await this.#loading;
  }

  async #open(): Promise<void> {
    try {
      const { pages, problemPage } = await this.#load();
      this.#add?.(pages);
      this.problemPage = problemPage;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }
}
