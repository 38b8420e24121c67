/** The documents: links that lead somewhere, and none that no link leads to. */
import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { sourceFormList } from "../src/model/source.ts";
import { causeCodes } from "../src/model/verdict.ts";

const documents = ["README.md", "CONTRIBUTING.md", ...new Glob("docs/**/*.md").scanSync()].sort();
const textOf = (path: string) => Bun.file(path).text();

/** As GitHub makes the anchor of a heading. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

type Link = { readonly from: string; readonly file: string; readonly anchor: string | undefined };

/** Links to files of this repository; a file is named from the repository's folder. */
function linksOf(path: string, text: string): Link[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^(https?|mailto):/.test(target))
    .map((target) => {
      const [file = "", anchor] = target.split("#");
      return { from: path, file: file === "" ? path : join(dirname(path), file), anchor };
    });
}

async function isWhole({ file, anchor }: Link): Promise<boolean> {
  if (file.endsWith("/")) return true;
  if (!(await Bun.file(file).exists())) return false;
  return anchor === undefined || anchorsOf(await textOf(file)).includes(anchor);
}

async function allLinks(): Promise<Link[]> {
  const links = await Promise.all(documents.map(async (path) => linksOf(path, await textOf(path))));
  return links.flat();
}

test("every link of a document leads to a file, and to a heading where it names one", async () => {
  const broken: Link[] = [];
  for (const link of await allLinks()) if (!(await isWhole(link))) broken.push(link);
  expect(broken).toEqual([]);
});

test("every document is reached by a link of another", async () => {
  const links = (await allLinks()).filter(({ from, file }) => from !== file);
  const named = new Set(links.map(({ file }) => file));
  const inFolders = documents.filter((path) => path.startsWith("docs/"));
  expect(inFolders.filter((path) => !named.has(path))).toEqual([]);
});

test("every form of a source has its row in docs/sources.md", async () => {
  const text = await textOf("docs/sources.md");
  const rows = [...text.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, form]) => form);
  expect(rows.toSorted()).toEqual(sourceFormList.toSorted());
});

test("every cause of a verdict is explained in docs/verdict.md and has a colour", async () => {
  const explained = await textOf("docs/verdict.md");
  const rows = [...explained.matchAll(/^\| (`\w+`(?:, `\w+`)*) +\|/gm)];
  const codes = rows.flatMap(([, cell = ""]) => cell.replaceAll("`", "").split(", "));
  const coloured = [...(await textOf("public/css/verdict.css")).matchAll(/^\.cause-(\w+)/gm)];
  const colours = coloured.map(([, code]) => code ?? "");
  expect(causeCodes.filter((code) => !codes.includes(code) || !colours.includes(code))).toEqual([]);
});
