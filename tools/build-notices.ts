/**
 * Makes `src/generated/notices.txt`, what `onglass licences` prints: NOTICE, our own licence, and the
 * licence of every package of which code is in the executable, as the bundler finds them.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";

const target = "src/generated/notices.txt";
const declaration = "src/generated/txt.d.ts";
const licenceFile = /^(licen[cs]e|copying|notice|copyrightnotice)/i;
/** In the executable as files, or bundled by their authors: no module of theirs is seen. */
const unseen = ["swagger-ui-dist", "@seydx/node-av-linux-x64"];
/** Ships its dependencies inside its own file. */
const prebundled = ["apexcharts"];

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
  readonly homepage?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
};

async function bundledFolders(): Promise<string[]> {
  const workers = await Array.fromAsync(new Glob("src/**/*-worker.ts").scan());
  const pages = await Array.fromAsync(new Glob("public/*.ts").scan());
  const paths = [
    ...(await inputsOf("bun", ["src/main.ts", ...workers])),
    ...(await inputsOf(
      "browser",
      pages.filter((path) => !path.endsWith(".d.ts")),
    )),
  ];
  const folders = new Set(unseen.map((name) => join("node_modules", name)));
  for (const path of paths) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  for (const name of prebundled) {
    const { dependencies = {} } = await manifestOf(join("node_modules", name));
    for (const each of Object.keys(dependencies)) folders.add(join("node_modules", each));
  }
  return [...folders].sort();
}

async function inputsOf(platform: "bun" | "browser", entrypoints: string[]): Promise<string[]> {
  const result = await Bun.build({
    entrypoints,
    target: platform,
    splitting: true,
    metafile: true,
    // Made by this very script, or no module at all.
    external: ["*.txt", "*.node"],
  });
  return Object.keys(result.metafile?.inputs ?? {});
}

async function manifestOf(folder: string): Promise<Manifest> {
  return (await Bun.file(join(folder, "package.json")).json()) as Manifest;
}

async function noticeOf(folder: string): Promise<string> {
  const manifest = await manifestOf(folder);
  const { name, version, license = "no licence named" } = manifest;
  const files = (await readdir(folder)).filter((file) => licenceFile.test(file)).sort();
  const texts = await Promise.all(files.map((file) => Bun.file(join(folder, file)).text()));
  if (texts.length === 0) texts.push(withoutFile(manifest));
  return [heading(`${name} ${version} (${license})`), ...texts.map((text) => text.trim())].join(
    "\n\n",
  );
}

/** The package ships no text: what it says of itself, and where the text is below. */
function withoutFile({ author, homepage, license, name }: Manifest): string {
  const by = typeof author === "string" ? author : author?.name;
  const lines = [`By ${by ?? `the authors of ${name}`}. The package ships no licence text.`];
  if (homepage !== undefined) lines.push(homepage);
  if (/MIT/.test(license ?? "")) lines.push("", mitTerms);
  return lines.join("\n");
}

const mitTerms = (await Bun.file("LICENSE").text())
  .replace(/^[\s\S]*?(?=Permission is hereby)/, "")
  .trim();

function heading(text: string): string {
  return `${"=".repeat(78)}\n${text}\n${"=".repeat(78)}`;
}

async function textFile(title: string, path: string): Promise<string> {
  return `${heading(title)}\n\n${(await Bun.file(path).text()).trim()}`;
}

const packages = await Promise.all((await bundledFolders()).map(noticeOf));
const shared = (await Array.fromAsync(new Glob("licences/*.txt").scan())).sort();
const parts = [
  (await Bun.file("NOTICE").text()).trim(),
  await textFile("onglass (MIT)", "LICENSE"),
  ...packages,
  ...(await Promise.all(shared.map((path) => textFile(path.slice(9, -4), path)))),
];
await Bun.write(target, `${parts.join("\n\n\n")}\n`);
await Bun.write(
  declaration,
  'declare module "*.txt" {\n  const text: string;\n  export default text;\n}\n',
);
