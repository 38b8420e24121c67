/**
 * What happens in a page, as events on its body. On `capture-changed`, `recordings-changed`,
 * `sessions-changed` and `pairing-changed` htmx refreshes parts of the page.
 */
import type { StatsSample } from "../src/model/capture.ts";

export type SampleArrived = { readonly index: number; readonly sample: StatsSample };

/** A player’s own event: a picture has just been drawn into its canvas. */
export const pictureShown = "picture-shown";
export type PictureShown = {
  /** When it was captured, on the host’s clock. */
  readonly timeUs: number;
  /** On the page’s clock. */
  readonly nowMs: number;
};

const sampleEvent = "sample-arrived";
const relinkedEvent = "host-relinked";

export function announce(name: string): void {
  document.body.dispatchEvent(new CustomEvent(name));
}

export function announceSample(detail: SampleArrived): void {
  document.body.dispatchEvent(new CustomEvent(sampleEvent, { detail }));
}

/** The connection was down: everything that follows it has to be refreshed. */
export function announceRelinked(): void {
  announce(relinkedEvent);
}

export function onSample(listener: (arrived: SampleArrived) => void, signal: AbortSignal): void {
  const listen = (event: Event) => {
    if (event instanceof CustomEvent) listener(event.detail);
  };
  document.body.addEventListener(sampleEvent, listen, { signal });
}

export function onRelinked(listener: () => void, signal: AbortSignal): void {
  document.body.addEventListener(relinkedEvent, listener, { signal });
}
