/**
 * A player at the level of the GameStream protocol, in a process of its own so that it can be
 * stopped by a signal. Pairs with the PIN 1234, plays until SIGTERM, prints how many frames it got.
 * Arguments: the host's address, the base port, a directory for its identity, and as JSON what it
 * asks for.
 */
import { loadPlayerIdentity } from "../../src/base/identity.ts";
import { HttpClient } from "./gamestream-client/http-client.ts";
import { Player } from "./gamestream-client/player.ts";

const [host = "", portText = "47989", directory = "", options = "{}"] = process.argv.slice(2);
const basePort = Number(portText);
const http = new HttpClient(basePort, await loadPlayerIdentity(directory), host);
if ((await http.pair("1234")) !== "paired") throw new Error("The player could not pair");
const player = await Player.play({ basePort, host, http, ...JSON.parse(options) });
process.on("SIGTERM", () => {
  process.stdout.write(`${player.frames.length}\n`);
  player.leave();
  process.exit(0);
});
// What it received is not looked at, and a long run must not fill the memory.
setInterval(() => player.frames.splice(0), 1000);
