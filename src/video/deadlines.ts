/** How long the keeper of an encode worker waits for it, in milliseconds. */

/** Starting the worker includes unpacking FFmpeg at the very first start. */
export const startDeadlineMs = 15_000;
/** A sleeping disk takes some seconds to wake up. */
export const openDeadlineMs = 8000;
/**
 * A worker at rest ends within a frame. A hanging one is left behind, never killed: a thread killed
 * inside FFmpeg's addon crashes the whole process (seen under load).
 */
export const closeDeadlineMs = 5000;
/** For a person at the desktop, who is asked for a source: longer than the source itself waits. */
export const answerDeadlineMs = 65_000;
/** For a source while the host stops: everything is saved by then, and nobody waits for a picture. */
export const hurriedDeadlineMs = 1000;

/** The part that did not answer in time. */
export const unresponsive = {
  worker: "worker_unresponsive",
  source: "source_unresponsive",
  encoder: "encoder_unresponsive",
} as const;
