/**
 * The script of every page: htmx, the link to the host, and small elements that make what the server
 * wrote tick, copy or open. Each page works without it as far as lists and actions go.
 */
import htmx from "htmx.org";
import { CountRate } from "./count-rate.ts";
import {
  CompareChoice,
  CopyLine,
  JoinForm,
  MarkMoment,
  ModalDialog,
  SignInForm,
  StreamOver,
} from "./elements.ts";
import { HostLink } from "./host-link.ts";
import { FrameSteps, KeepKey, KeysLink } from "./keep-key.ts";
import { LinkCheckCard } from "./link-check.ts";
import { followProblems } from "./problem.ts";
import { SessionSpark } from "./session-spark.ts";
import { StreamSizeChoice } from "./stream-size.ts";
import { ElapsedTime, SampleCount, TimeLeft } from "./ticking.ts";
import { UploadForm } from "./upload-form.ts";
import { WindowSize } from "./window-size.ts";

// Only the browser knows its reader's time zone; the server writes dates in it from the next page
// on.
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
// biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing over plain HTTP.
document.cookie = `onglass_zone=${zone}; Path=/; Max-Age=31536000; SameSite=Strict`;

// A page whose charts appear only after Start stays at rest until their script is read.
const charts = document.querySelector<HTMLLinkElement>("#charts-script")?.href;
if (charts !== undefined) {
  const load = () => void import(charts);
  if ("requestIdleCallback" in window) requestIdleCallback(load, { timeout: 2000 });
  else setTimeout(load, 500);
}

followProblems();
customElements.define("compare-choice", CompareChoice);
customElements.define("copy-line", CopyLine);
customElements.define("count-rate", CountRate);
customElements.define("elapsed-time", ElapsedTime);
customElements.define("frame-steps", FrameSteps);
customElements.define("keep-key", KeepKey);
customElements.define("keys-link", KeysLink);
customElements.define("link-check", LinkCheckCard);
customElements.define("mark-moment", MarkMoment);
customElements.define("modal-dialog", ModalDialog);
customElements.define("sample-count", SampleCount);
customElements.define("session-spark", SessionSpark);
customElements.define("sign-in-form", SignInForm);
customElements.define("join-form", JoinForm);
customElements.define("stream-over", StreamOver);
customElements.define("stream-size", StreamSizeChoice);
customElements.define("time-left", TimeLeft);
customElements.define("upload-form", UploadForm);
customElements.define("window-size", WindowSize);
customElements.define("host-link", HostLink);

// htmx would otherwise wait for the next turn, and anything pressed until then would leave the
// page.
htmx.initialize();
