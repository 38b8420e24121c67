/**
 * The reasons that the host records with events, in German: on the wire and on disk they are English.
 * What is none of them, such as what a player says, stays as it is.
 */
type Rule = readonly [pattern: RegExp, german: string];

const whole: readonly Rule[] = [
  [/^1 frame was lost$/, "1 Bild ging verloren"],
  [/^(\d{1,9}) frames were lost$/, "$1 Bilder gingen verloren"],
  [/^stood still once$/, "stand einmal still"],
  [/^stood still (\d{1,9}) times$/, "stand $1-mal still"],
  [/^gave up once$/, "gab einmal auf"],
  [/^gave up (\d{1,9}) times$/, "gab $1-mal auf"],
  [/^the operator ended it$/, "vom Betreiber beendet"],
  [/^the host is stopping$/, "der Host wird angehalten"],
  [/^the host could not start$/, "der Host konnte nicht starten"],
  [/^the player (?:was|has been) silent for (\d{1,9}) s$/, "der Player schwieg $1 s lang"],
  [/^the player did not connect within (\d{1,9}) s$/, "der Player kam nicht binnen $1 s"],
  [/^the player was removed$/, "der Player wurde entfernt"],
  [/^the player closed the connection$/, "der Player beendete die Verbindung"],
  [/^the player launched anew$/, "der Player startete von neuem"],
  [/^the player began anew$/, "der Player begann von neuem"],
  [/^the player connected anew$/, "der Player verband sich von neuem"],
];

/** Of an encoder that was exchanged: one for each thing that changed. */
const parts: readonly Rule[] = [
  [/^(\d{1,9}x\d{1,9}) to (\d{1,9}x\d{1,9})$/, "$1 → $2"],
  [/^preset of its own to (\w{1,16})$/, "Preset: eigenes → $1"],
  [/^preset (\w{1,16}) to of its own$/, "Preset: $1 → eigenes"],
  [/^preset (\w{1,16}) to (\w{1,16})$/, "Preset: $1 → $2"],
  [/^(\d{1,9}) to (\d{1,9}) fps$/, "$1 → $2 Bilder pro Sekunde"],
  [/^(\d{1,9}) to (\d{1,9}) kbit\/s$/, "$1 → $2 kbit/s"],
];

/** The same text where it is none of the host's own. */
export function germanReason(text: string): string {
  const known = translate(text, whole);
  if (known !== undefined) return known;
  const changes = text.split(", ").map((change) => translate(change, parts));
  return changes.every((change) => change !== undefined) ? changes.join(", ") : text;
}

function translate(text: string, rules: readonly Rule[]): string | undefined {
  const rule = rules.find(([pattern]) => pattern.test(text));
  return rule && text.replace(...rule);
}
