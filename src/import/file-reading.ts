/**
 * One file of another tool, read in a worker of its own: an hour at 240 frames per second takes ten
 * seconds of a core, while this thread has streams and pages to serve.
 */
import { Failure } from "../base/failure.ts";
import { timers } from "../base/scheduler.ts";
import { workerUrl } from "../base/worker-url.ts";
import type { CaptureMeta } from "../model/capture.ts";
import type { ImportAnswer, ImportRequest, ReadFile } from "./link.ts";
import { RefusedFile } from "./refusal.ts";
import type { OnRead } from "./run.ts";

/** Ten times the duration of the largest file on a busy machine. */
const answerMsMax = 10 * 60_000;

type Outcome = Exclude<ImportAnswer, { kind: "progress" }>;

/** Read once, then written once; its worker ends with it. */
export class FileReading implements Disposable {
  readonly #worker = new Worker(workerUrl("import/import-worker.ts"));
  readonly #onProgress: OnRead;
  #answered = Promise.withResolvers<Outcome>();

  /** @param onProgress called periodically with the completed share of the request */
  constructor(onProgress: OnRead) {
    this.#onProgress = onProgress;
    this.#worker.onmessage = ({ data }: MessageEvent<ImportAnswer>) => this.#take(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    this.#worker.addEventListener("close", () => this.#fail("its worker exited unexpectedly"));
  }

  /** @throws RefusedFile, or Error with the reason */
  async read(bytes: Uint8Array, startedUnixMs: number): Promise<ReadFile> {
    const answer = await this.#ask({ kind: "read", bytes, startedUnixMs });
    if (answer.kind === "read") return answer;
    throw faultOf(answer);
  }

  /**
   * Writes its rows into the file at `path`.
   * @throws Error with the reason; no file is left then
   */
  async write(head: CaptureMeta, path: string): Promise<void> {
    const answer = await this.#ask({ kind: "write", head, path });
    if (answer.kind !== "written") throw faultOf(answer);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  async #ask(request: ImportRequest): Promise<Outcome> {
    this.#answered = Promise.withResolvers();
    this.#worker.postMessage(request);
    const cancel = timers.after(answerMsMax, () => {
      this.#answered.resolve({ kind: "refused", reason: "too_slow" });
    });
    return await this.#answered.promise.finally(cancel);
  }

  #take(answer: ImportAnswer): void {
    if (answer.kind === "progress") this.#onProgress(answer.share);
    else this.#answered.resolve(answer);
  }

  #fail(reason: string): void {
    this.#answered.resolve({ kind: "failed", reason });
  }
}

function faultOf(answer: Outcome): Error {
  if (answer.kind === "refused") return new RefusedFile(answer);
  if (answer.kind !== "failed") return new Error("Bug: another answer was asked for");
  const { reason, disk } = answer;
  const text = `Cannot import the file: ${reason}`;
  if (disk === undefined || disk === "refused") return new Error(text);
  return new Failure("recording_not_saved", text, { values: { disk } });
}
