/**
 * Makes what a browser loads: the scripts of `public/` with the packages they use in one file each,
 * style and pictures, every file named by its content and compressed three ways, and a generated
 * module that names them, so that a missing file is a build error and the executable carries them all.
 */
import { mkdir, rm } from "node:fs/promises";
import { basename, extname } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { CryptoHasher } from "bun";

const folder = "src/generated/assets";
const target = "src/generated/assets.ts";
const declaration = "src/generated/bin.d.ts";
const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

type Source = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

export async function buildAssets(): Promise<void> {
  const sources = [...(await bundle()), await joinStyles(), await read("icon.svg")];
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const parts = await Promise.all(sources.map(writeAsset));
  await Bun.write(target, moduleText(parts));
  await Bun.write(declaration, declarationText);
}

/** Imported as a file, each is the path of it. */
const declarationText = `declare module "*.bin" {
  const path: string;
  export default path;
}
`;

async function bundle(): Promise<Source[]> {
  const result = await Bun.build({
    entrypoints: ["public/app.ts", "public/charts.ts", "public/watch.ts"],
    target: "browser",
    format: "esm",
    minify: true,
  });
  return await Promise.all(
    result.outputs.map(async (output) => ({
      name: basename(output.path),
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  );
}

/** In this order: what comes later wins. */
const styles = [
  "theme",
  "frame",
  "controls",
  "cards",
  "charts",
  "marks",
  "tables",
  "watch",
  "docs",
  "narrow",
];

async function joinStyles(): Promise<Source> {
  const texts = await Promise.all(styles.map((name) => Bun.file(`public/css/${name}.css`).text()));
  return { name: "app.css", bytes: new TextEncoder().encode(texts.join("\n")) };
}

async function read(name: string): Promise<Source> {
  return { name, bytes: await Bun.file(`public/${name}`).bytes() };
}

type Part = { readonly imports: string; readonly entry: string };

async function writeAsset({ name, bytes }: Source, index: number): Promise<Part> {
  const hash = new CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 16);
  const extension = extname(name);
  const file = `${basename(name, extension)}.${hash}${extension}`;
  const variants = {
    plain: bytes,
    br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 24 } }),
    zstd: Bun.zstdCompressSync(bytes, { level: 22 }),
    gzip: gzipSync(bytes, { level: 9 }),
  };
  let imports = "";
  const compressed: string[] = [];
  for (const [form, content] of Object.entries(variants)) {
    const path = `${file}.${form}.bin`;
    await Bun.write(`${folder}/${path}`, content);
    imports += `import ${form}${index} from "./assets/${path}" with { type: "file" };\n`;
    if (form !== "plain") compressed.push(`${form}: ${form}${index}`);
  }
  const fields = [
    `address: "/assets/${file}"`,
    `etag: '"${hash}"'`,
    `type: "${types[extension]}"`,
    `plain: plain${index}`,
    `compressed: { ${compressed.join(", ")} }`,
  ];
  return { imports, entry: `  "${name}": { ${fields.join(", ")} },\n` };
}

function moduleText(parts: readonly Part[]): string {
  return `/** Generated from public/. Paths are of files on disk, or inside the executable. */
${parts.map(({ imports }) => imports).join("")}
export type Asset = {
  readonly address: string;
  readonly etag: string;
  readonly type: string;
  readonly plain: string;
  readonly compressed: Readonly<Partial<Record<"br" | "zstd" | "gzip", string>>>;
};

export const assets: Readonly<Record<string, Asset>> = {
${parts.map(({ entry }) => entry).join("")}};
`;
}

if (import.meta.main) await buildAssets();
