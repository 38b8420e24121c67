/** What a page finds out about its display, from the times of its refreshes. */
import { expect, test } from "bun:test";
import { PageWatch } from "../../public/page-facts.ts";

function watchOf(gapsMs: readonly number[]): PageWatch {
  const watch = new PageWatch();
  let nowMs = 1000;
  watch.refreshed(nowMs);
  for (const gapMs of gapsMs) {
    nowMs += gapMs;
    watch.refreshed(nowMs);
  }
  return watch;
}

test("the rate of the display is not known before it has refreshed for a while", () => {
  expect(watchOf(Array(29).fill(1000 / 60)).take()).toEqual({});
  expect(watchOf(Array(30).fill(1000 / 60)).take()).toEqual({ display_fps: 60 });
});

test("a page that leaves out half of the refreshes still knows the rate", () => {
  const gaps = Array.from({ length: 120 }, (_, index) => (index % 2 === 0 ? 2 : 1) * (1000 / 144));
  expect(watchOf(gaps).take().display_fps).toBe(144);
});

test("of a display that changes its rate the newest two seconds count", () => {
  const gaps = [...Array<number>(200).fill(1000 / 144), ...Array<number>(120).fill(1000 / 60)];
  expect(watchOf(gaps).take().display_fps).toBe(60);
});

test("long tasks are known where the browser reports them, and only there", () => {
  const watch = new PageWatch();
  watch.took(80);
  expect(watch.take()).toEqual({});
  watch.seesTasks();
  expect(watch.take()).toEqual({ long_tasks: 1, long_task_ms: 80 });
});
