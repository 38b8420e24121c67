/** What this host answers, whole or not at all: a body may break off as well as a connection. */

/** An answer has the shape of its own operation. @returns `undefined` when it cannot be had */
export async function fetchJson<T>(address: string, init?: RequestInit): Promise<T | undefined> {
  const answer = await fetch(address, init).catch(() => undefined);
  if (!answer?.ok) return undefined;
  return (await answer.json().catch(() => undefined)) as T | undefined;
}
