/** The console's error pages, for pages and parts of them. */
import { type Fault, failureText } from "../../views/failure.ts";
import { failureNotice, problemPage } from "../../views/problem.ts";
import { isPartRequest, type PageMaker, partResponse } from "./html-response.ts";
import type { Readers } from "./reader.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };
type Refusal = Fault & { readonly status: number; readonly allow?: string };

/** The part of the page stays as it is: the error is shown above it. */
const aside = { "hx-retarget": "#problem", "hx-reswap": "innerHTML" };

export function problemAnswer({ page, readers }: Tools) {
  return (refusal: Refusal, request: Request): Response => {
    const reader = readers.of(request);
    const { status, allow } = refusal;
    if (isPartRequest(request)) return partResponse(failureNotice(reader, refusal), aside, status);
    const { problem } = reader.messages;
    const title = status === 404 ? problem.missing : problem.failed;
    const main = problemPage(reader, { title, text: failureText(reader, refusal) });
    const answer = page(request, { title, main }, status);
    if (allow !== undefined) answer.headers.set("allow", allow);
    return answer;
  };
}
