/** Measures the link to a host as its pages do: URL and token as arguments, what it found as JSON. */
import { measureLink } from "../../public/link-rounds.ts";

const [url = "", token = ""] = process.argv.slice(2);
const facts = await measureLink({
  ask: (path, signal) =>
    fetch(url + path, { signal, headers: { authorization: `Bearer ${token}` } }),
  onRound: (kbps) => process.stderr.write(`${kbps}\n`),
  signal: AbortSignal.timeout(60_000),
});
process.stdout.write(JSON.stringify(facts));
