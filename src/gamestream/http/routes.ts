/** The paths of the HTTP interface. Everything but serverinfo and pairing is for paired players. */

import type { Clock } from "../../base/clock.ts";
import { cutText } from "../../base/cut-text.ts";
import { log } from "../../base/log.ts";
import { type Client, cleanPlayerName } from "../../model/player.ts";
import type { ClientRegistry } from "../../session/client-registry.ts";
import type { LaunchAdmission } from "../admission.ts";
import { makeLaunch, readLaunch } from "../launch.ts";
import { KeyRegistry } from "../launch-key.ts";
import type { GamestreamMode } from "../mode.ts";
import type { Ports } from "../ports.ts";
import type { App } from "./apps.ts";
import { boxArt } from "./box-art.ts";
import type { PinPairings } from "./pairing.ts";
import { type HttpRequest, hexParameter } from "./request.ts";
import type { HttpBody, HttpPeer } from "./server.ts";
import { type ServerFacts, serverInfo } from "./server-info.ts";
import { answer, refusal } from "./xml.ts";

const certificateBytesMax = 8192;
const nameLengthMax = 64;
const notAuthorized = () => refusal(401, "This player is not paired with this host");

export type RouteDeps = {
  readonly clock: Clock;
  readonly ports: Ports;
  readonly facts: Pick<ServerFacts, "name" | "uniqueId" | "codecs">;
  readonly apps: readonly App[];
  readonly certificatePem: string;
  readonly registry: ClientRegistry;
  readonly pairings: PinPairings;
  readonly admission: LaunchAdmission;
  /** Why a mode cannot be streamed, for the player to show; `undefined` when it can. */
  refusalOf(mode: GamestreamMode): string | undefined;
  onPaired(client: Client): void;
  onRefused(address: string, reason: string): void;
};

export class Routes {
  readonly #deps: RouteDeps;
  readonly #keys = new KeyRegistry();

  constructor(deps: RouteDeps) {
    this.#deps = deps;
  }

  async answer({ path, query }: HttpRequest, caller: HttpPeer): Promise<HttpBody> {
    const client = this.#clientOf(caller);
    switch (path) {
      case "/serverinfo":
        return caller.isTls && client === undefined ? notAuthorized() : this.#info(caller, client);
      case "/pair":
        return await this.#pair(query, caller);
      case "/unpair":
        return this.#unpair(query, caller);
      default:
        return client === undefined
          ? notAuthorized()
          : this.#forPaired(path, query, { caller, client });
    }
  }

  #forPaired(
    path: string,
    query: URLSearchParams,
    player: { readonly caller: HttpPeer; readonly client: Client },
  ): HttpBody {
    switch (path) {
      case "/applist":
        return this.#appList();
      case "/appasset":
        return this.#appAsset(query);
      case "/launch":
      case "/resume":
        return this.#launch(path, query, player);
      case "/cancel":
        return this.#cancel(player.client);
      default:
        return refusal(404, "This host does not know that request");
    }
  }

  #clientOf({ isTls, fingerprint }: HttpPeer): Client | undefined {
    return isTls && fingerprint !== undefined ? this.#deps.registry.find(fingerprint) : undefined;
  }

  #info({ localAddress }: HttpPeer, client: Client | undefined): string {
    const { facts, ports, admission } = this.#deps;
    const appId = admission.running?.app.id ?? 0;
    return serverInfo({ ...facts, ports, localAddress, isPaired: client !== undefined, appId });
  }

  #appList(): string {
    const nodes = this.#deps.apps.map(({ id, title }) => ({
      IsHdrSupported: 0,
      AppTitle: title,
      ID: id,
    }));
    return answer({ App: nodes });
  }

  #appAsset(query: URLSearchParams): HttpBody {
    const app = this.#deps.apps.find(({ id }) => `${id}` === query.get("appid"));
    return app === undefined ? refusal(404, "There is no such app") : boxArt(app.id);
  }

  #launch(
    path: "/launch" | "/resume",
    query: URLSearchParams,
    { caller, client }: { readonly caller: HttpPeer; readonly client: Client },
  ): string {
    const { admission, apps, ports } = this.#deps;
    const isResume = path === "/resume";
    const refuse = (code: number, reason: string) => {
      this.#deps.onRefused(caller.address, reason);
      return refusal(code, reason, isResume ? { resume: 0 } : { gamesession: 0 });
    };
    if (admission.isTakenFrom(client.id))
      return refuse(503, "Someone else is playing on this host");
    const { running } = admission;
    if (isResume && running === undefined) return refuse(503, "Nothing runs that could be resumed");
    const request = readLaunch(query, running?.app.id ?? 0);
    const app = isResume ? running?.app : apps.find(({ id }) => id === request?.appId);
    if (request === undefined || app === undefined) return refuse(400, "The request is malformed");
    const modeRefusal = request.mode && this.#deps.refusalOf(request.mode);
    if (modeRefusal !== undefined) return refuse(400, modeRefusal);
    const key = this.#keys.claim(request.key);
    if (key === undefined) return refuse(400, "The request repeats the key of an earlier one");
    const { address, localAddress } = caller;
    const who = { clientId: client.id, clientName: client.name, address };
    const launch = makeLaunch({ ...request, key }, who);
    admission.launch(app, launch);
    log("GameStream launch", { app: app.title, client: client.name, resume: isResume });
    const scheme = launch.canSealRtsp ? "rtspenc" : "rtsp";
    const sessionUrl0 = `${scheme}://${localAddress}:${ports.rtsp}`;
    return answer(isResume ? { sessionUrl0, resume: 1 } : { sessionUrl0, gamesession: 1 });
  }

  #cancel(client: Client): string {
    const { admission } = this.#deps;
    if (admission.isTakenFrom(client.id)) {
      return refusal(503, "Someone else is playing on this host", { cancel: 0 });
    }
    admission.quit(client);
    return answer({ cancel: 1 });
  }

  async #pair(query: URLSearchParams, caller: HttpPeer): Promise<string> {
    const who = whoOf(query, caller);
    switch (query.get("phrase")) {
      case "getservercert":
        return await this.#begin(query, caller);
      case "pairchallenge": {
        const isPaired = this.#clientOf(caller) !== undefined;
        return isPaired ? answer({ paired: 1 }) : notAuthorized();
      }
      default:
        return await this.#continue(query, who);
    }
  }

  /** How a player cancels, mostly when the PIN is not the one it shows. */
  #unpair(query: URLSearchParams, caller: HttpPeer): string {
    if (this.#deps.pairings.cancel(whoOf(query, caller)) === "wrong_pin") {
      this.#failPairing("the player says that the PIN is wrong; try again there", caller.address);
    }
    return answer({});
  }

  async #begin(query: URLSearchParams, caller: HttpPeer): Promise<string> {
    const { pairings, certificatePem: hostPem } = this.#deps;
    const salt = hexParameter(query, "salt", { min: 16, max: 16 });
    const pem = hexParameter(query, "clientcert", { min: 1, max: certificateBytesMax });
    if (salt === undefined || pem === undefined) return this.#failPairing("it is malformed");
    const who = whoOf(query, caller);
    const name = nameOf(query.get("devicename"), caller.address);
    const certificatePem = pem.toString("latin1");
    const isGiven = await pairings.begin({ ...who, name, salt, certificatePem }, caller.signal);
    if (!isGiven) return this.#failPairing("no PIN was given, or too many tries");
    return answer({ paired: 1, plaincert: Buffer.from(hostPem).toString("hex") });
  }

  async #continue(
    query: URLSearchParams,
    who: { readonly uniqueid: string; readonly address: string },
  ): Promise<string> {
    const { pairings } = this.#deps;
    const bytes = (name: string) => hexParameter(query, name, { min: 1, max: 1024 });
    if (query.has("clientchallenge")) {
      const response = pairings.challenge(who, bytes("clientchallenge"));
      if (response === undefined) return this.#failPairing("the order is wrong", who.address);
      return answer({ paired: 1, challengeresponse: response.toString("hex") });
    }
    if (query.has("serverchallengeresp")) {
      const secret = pairings.response(who, bytes("serverchallengeresp"));
      if (secret === undefined) return this.#failPairing("the order is wrong", who.address);
      return answer({ paired: 1, pairingsecret: secret.toString("hex") });
    }
    const paired = pairings.secret(who, bytes("clientpairingsecret"));
    if (paired === undefined) return this.#failPairing("the PIN is wrong", who.address);
    const client = await this.#deps.registry.add({
      id: paired.certificate.fingerprint,
      name: paired.name,
      paired_unix_ms: this.#deps.clock.wallMs(),
    });
    if (client === undefined) return this.#failPairing("too many players are paired", who.address);
    this.#deps.onPaired(client);
    return answer({ paired: 1 });
  }

  #failPairing(reason: string, address = ""): string {
    this.#deps.onRefused(address, `Cannot pair: ${reason}`);
    return refusal(400, `Cannot pair: ${reason}`, { paired: 0 });
  }
}

function whoOf(query: URLSearchParams, { address }: HttpPeer) {
  return { uniqueid: cutText(query.get("uniqueid") ?? "", nameLengthMax), address };
}

/** Never empty: most players send the same word, which identifies none of them. */
function nameOf(given: string | null, address: string): string {
  const name = cleanPlayerName(given ?? "");
  return name === "" || name === "roth" ? `Moonlight at ${address}` : name;
}
