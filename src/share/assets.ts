/** Script and style of a shared file: those of the console's own charts, in one script. */
import { zlib } from "../base/late-builtins.ts";
import { assets } from "../generated/assets.ts";

/** As embedded in the file. */
export type SharedAssets = {
  readonly script: string;
  readonly style: string;
  readonly icon: string;
};

/** Read from the build, or from the executable. @throws Error when the build lacks one */
export async function readSharedAssets(): Promise<SharedAssets> {
  const [script, style, icon] = await Promise.all(["share.js", "app.css", "icon.svg"].map(read));
  return { script: inlineScript(script ?? ""), style: style ?? "", icon: icon ?? "" };
}

async function read(name: string): Promise<string> {
  const asset = assets[name];
  if (asset === undefined) throw new Error(`Bug: there is no asset "${name}"`);
  return zlib()
    .brotliDecompressSync(await Bun.file(asset.br).bytes())
    .toString();
}

/** Nothing in it may close its own element. */
function inlineScript(text: string): string {
  return text.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
}
