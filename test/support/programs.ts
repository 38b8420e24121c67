/** Programs of others that tests ask for a second opinion. */

/** No program takes so long that tests ask: one that does hangs, and is named before the test's own limit. */
export const programLimitMs = 25_000;

/** Runs a program to its end. @returns what it printed. @throws Error with its own words when it failed */
export async function command(...line: string[]): Promise<string> {
  const child = Bun.spawn(line, { stdout: "pipe", stderr: "pipe", timeout: programLimitMs });
  const [code, stdout, stderr] = await Promise.all([
    child.exited,
    child.stdout.text(),
    child.stderr.text(),
  ]);
  if (code !== 0)
    throw new Error(`"${line.join(" ")}" failed (${child.signalCode ?? code}): ${stderr}`);
  return stdout;
}

/** Frames that ffprobe decodes from a file. */
export async function countFrames(path: string): Promise<number> {
  const wanted =
    "-count_frames -select_streams v:0 -show_entries stream=nb_read_frames -of csv=p=0";
  return Number(await command("ffprobe", "-v", "error", ...wanted.split(" "), path));
}

/** What FFmpeg complains about when it decodes the file; nothing when all is well. */
export async function decodeErrors(path: string): Promise<string> {
  const child = Bun.spawn(["ffmpeg", "-v", "error", "-i", path, "-f", "null", "-"], {
    stdin: "ignore",
    stderr: "pipe",
  });
  return await child.stderr.text();
}
