/** How long the keeper of an encode worker waits for it, in milliseconds. */

/** Starting the worker includes unpacking FFmpeg at the very first start. */
export const startDeadlineMs = 15_000;
/** A disk that sleeps takes some seconds to wake up. */
export const openDeadlineMs = 8000;
/**
 * A worker at rest ends within a frame. One that hangs is left behind, never ended from outside: a
 * thread that is ended inside FFmpeg's addon takes the whole process with it (seen under load).
 */
export const closeDeadlineMs = 5000;
/** For a person at the desktop, who is asked for a source: longer than the source itself waits. */
export const answerDeadlineMs = 65_000;
/** For a source while the host stops: everything is saved by then, and nobody waits for a picture. */
export const hurriedDeadlineMs = 1000;

/** What did not answer in time. */
export const unresponsive = {
  worker: "worker_unresponsive",
  source: "source_unresponsive",
  encoder: "encoder_unresponsive",
} as const;
