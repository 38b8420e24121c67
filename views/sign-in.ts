/** Sign-in: the token is the page's first input. */
import type { Reader } from "./format.ts";
import { type Html, html } from "./html.ts";

export type SignInFault =
  | { readonly kind: "wrong" }
  | { readonly kind: "foreign" }
  | { readonly kind: "slow"; readonly seconds: number };

type SignIn = {
  readonly to: string;
  /** The person was signed in until now. */
  readonly hasEnded?: boolean;
  readonly fault?: SignInFault | undefined;
};

/** The script of `sign-in-form` fills in a token that came in the address's fragment. */
export function signInPage(reader: Reader, { to, hasEnded, fault }: SignIn): Html {
  const { signIn } = reader.messages;
  return html`<section class="card sign-in">
<h1>${signIn.title}</h1>
${hasEnded ? html`<p class="notice bad" role="status">${reader.messages.link.expired}</p>` : html`<p class="muted">${signIn.intro}</p>`}
<sign-in-form><form method="post" action="/sign-in">
<label for="token">${signIn.token}</label>
<input id="token" name="token" type="password" required maxlength="512" autocomplete="current-password" spellcheck="false" autofocus aria-describedby="token-hint"${fault === undefined ? "" : html` aria-invalid="true"`}>
<input type="hidden" name="to" value="${to}">
${fault === undefined ? "" : html`<p class="fault" role="alert">${faultText(reader, fault)}</p>`}
<button class="primary">${signIn.submit}</button>
<p id="token-hint" class="muted small">${signIn.hint}</p>
</form></sign-in-form>
</section>`;
}

function faultText({ messages, format }: Reader, fault: SignInFault): string {
  if (fault.kind === "slow") return messages.signIn.slow(format.integer(fault.seconds));
  return messages.signIn[fault.kind];
}
