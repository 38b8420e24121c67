/** Importing a file of another tool: the form, and the result. */
import { importRefusals, type RecordingImport } from "../src/model/recording-import.ts";
import { type Fault, failureText } from "./failure.ts";
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Below the list of captures; the script shows the upload's progress. */
export function importForm({ messages: { imports: words } }: Reader): Html {
  return html`<details class="import"><summary>${words.open}</summary>
<p class="muted small">${words.hint}</p>
<upload-form data-sending="${words.sending}" data-reading="${words.reading}"><form class="filter" method="post" action="/recordings/import" enctype="multipart/form-data"><label>${words.file} <input type="file" name="file" accept=".csv,.json,text/csv,application/json" required></label><button>${words.submit}</button> <progress max="1" value="0" hidden></progress><span role="status" class="muted small"></span></form></upload-form></details>`;
}

/** The result for a file, or why it was refused. */
export type ImportResult =
  | { readonly kind: "done"; readonly done: RecordingImport }
  | { readonly kind: "no_file" }
  | { readonly kind: "refused"; readonly fault: Fault };

export function importPage(reader: Reader, result: ImportResult | undefined): Html {
  const { imports: words, detail } = reader.messages;
  return html`<div class="page-head"><p><a href="/">← ${detail.back}</a></p><h1>${words.title}</h1></div>
${result === undefined ? "" : outcome(reader, result)}
<section class="card">${importForm(reader)}</section>`;
}

/** The reason by its code; an unknown one, or another failure, as everywhere. */
function refusalText(reader: Reader, fault: Fault): Html | string {
  const { reason, tool = "", frames = 0 } = fault.values;
  const known = importRefusals.find((one) => one === reason);
  if (known === undefined) return failureText(reader, fault);
  const { refusals } = reader.messages.imports;
  return refusals[known](`${tool}`, reader.format.integer(Number(frames)));
}

function outcome(reader: Reader, result: ImportResult): Html {
  const { imports: words, capture } = reader.messages;
  if (result.kind !== "done") {
    const said = result.kind === "no_file" ? words.noFile : refusalText(reader, result.fault);
    return html`<p class="notice bad" role="alert">${said}</p>`;
  }
  const { meta, tool, frames, used, left_out } = result.done;
  return html`<p class="notice good" role="status">${words.done(tool, reader.format.integer(frames))} <a href="/recordings/${encodeURIComponent(meta.id)}">${capture.view}</a></p>
<section class="card"><h2>${words.used}</h2>
<div class="scroll"><table class="rows"><tbody>${Object.entries(used).map(([column, meaning]) => html`<tr><th scope="row">${column}</th><td>${meaning}</td></tr>`)}</tbody></table></div>
<h2>${words.leftOut}</h2><p class="wrap">${left_out.length === 0 ? words.none : left_out.join(", ")}</p></section>`;
}
