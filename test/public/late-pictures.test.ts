/** Which pictures a page draws that cannot draw all of them. */
import { expect, test } from "bun:test";
import { LatePictures } from "../../public/late-pictures.ts";

const drawn = (waitingCounts: readonly number[]) => {
  const pictures = new LatePictures();
  return waitingCounts.map((count) => pictures.isDrawn(count));
};

test("a page that keeps up draws each picture, also behind a frame or two", () => {
  expect(drawn([0, 1, 2, 0, 2, 1])).not.toContain(false);
});

test("a page that is behind draws one picture in five until it has caught up", () => {
  const behind = Array.from({ length: 11 }, () => 9);
  const said = drawn([...behind, 1, 0]).map((isDrawn) => (isDrawn ? "x" : "-"));
  expect(said.join("")).toBe("----x----x-xx");
});
