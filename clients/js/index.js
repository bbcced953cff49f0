/**
 * How does a page or a script ask a Casualty Ledger?
 *
 * `connect("https://…")` gives a ledger whose verbs are those of the API (`verbs.js` lists them). Each answers
 * with rows and what they hold for; a blank is `null`, never 0. What the service refuses is thrown as a
 * `LedgerError`, in its own sentences. No dependency; browsers and Node 18 or newer.
 *
 * @module
 */

import { VERBS } from "./verbs.js";

export { VERBS };

const TRIES = 5;
const FIRST_WAIT = 250;
/** Milliseconds; what Retry-After says is waited for, up to this. */
const LONGEST_WAIT = 30_000;
/** Statuses of a service that may answer if asked again. */
const PASSING = new Set([429, 502, 503, 504]);
const NEXT = /<([^>]*)>\s*;\s*rel="?next"?/;

/** A refusal of the service: what is wrong (`detail`), the way out (`fix`), near names (`suggestions`). */
export class LedgerError extends Error {
  constructor({ detail, fix = "", code = "error", status = 0, suggestions = [] }, options) {
    super(`${detail} ${fix}`.trim(), options);
    this.name = "LedgerError";
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.fix = fix;
    this.suggestions = suggestions;
  }
}

/** The ledger behind an address. */
export class Ledger {
  #fetch;
  #sleep;

  constructor(address, { fetch: given, sleep = pause } = {}) {
    this.address = readAddress(address);
    this.#fetch = given ?? globalThis.fetch.bind(globalThis);
    this.#sleep = sleep;
  }

  /** The address of an answer, in any format of the service: to link to, or for another program to read. */
  addressOf(verb, filters = {}, format = "json") {
    if (!Object.hasOwn(VERBS, verb)) {
      throw new LedgerError({
        detail: `A ledger cannot be asked for “${verb}”.`,
        fix: `There are ${Object.keys(VERBS).join(", ")}.`,
        code: "unknown_name",
      });
    }
    const left = { ...filters };
    const path = VERBS[verb].replace(/\{(\w+)\}/g, (_, name) => {
      const value = left[name];
      delete left[name];
      return encodeURIComponent(writeValue(name, value ?? ""));
    });
    return this.#address(`/v1/${path}.${format}`, left);
  }

  /** The address of a chart as a picture (`svg`, `png`), a page of its own (`html`) or for Plotly (`json`). */
  chartAddress(kind = "trend", filters = {}, format = "svg") {
    return this.#address(`/v1/charts/${encodeURIComponent(kind)}.${encodeURIComponent(format)}`, filters);
  }

  /** The rows that a verb answers with, and what they hold for; with `limit`, the first page of them. */
  async ask(verb, filters = {}, { signal } = {}) {
    return this.#page(this.addressOf(verb, filters), signal);
  }

  /** Page after page of what a verb answers with, `limit` rows at a time (1,000 if not said). */
  async *pages(verb, filters = {}, options = {}) {
    let page = await this.ask(verb, { limit: 1000, ...filters }, options);
    while (page !== null) {
      yield page;
      page = await page.next();
    }
  }

  /** Row after row of what a verb answers with, fetched in pages. */
  async *rows(verb, filters = {}, options = {}) {
    for await (const page of this.pages(verb, filters, options)) yield* page.rows;
  }

  /** Why one figure is what it is: the figure, prose, findings, and the reports by role. */
  async explain(filters = {}, options = {}) {
    const answer = await this.ask("explain", filters, options);
    const { figure, sentences, findings } = answer.meta;
    return { ...answer, figure, sentences, findings };
  }

  /** Why two reports differ. */
  async whyDifferent(a, b, filters = {}, options = {}) {
    return this.ask("differences", { ...filters, a, b }, options);
  }

  /** The citation of what a verb answers, now and later: `bibtex`, `ris` or `csl`. */
  async cite(verb, filters = {}, { style = "bibtex", signal } = {}) {
    const answer = await this.#answer(this.addressOf(verb, { ...filters, cite: style }), signal);
    return answer.text();
  }

  #address(path, filters) {
    const pairs = Object.entries(filters).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value])
        .filter((each) => each !== undefined && each !== null)
        .map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(writeValue(name, each))}`),
    );
    return `${this.address}${path}${pairs.length ? "?" : ""}${pairs.join("&")}`;
  }

  async #page(url, signal) {
    const answer = await this.#answer(url, signal);
    const { data, meta } = await read(answer, url);
    const [, path] = NEXT.exec(answer.headers.get("Link") ?? "") ?? [];
    const next = async () => (path === undefined ? null : this.#page(this.#here(path), signal));
    return { rows: data, meta, next };
  }

  /** A link of an answer, at the address by which this ledger is reached. */
  #here(link) {
    const { pathname, search } = new URL(link, `${this.address}/`);
    const under = new URL(this.address).pathname.replace(/\/$/, "");
    const rest = pathname.startsWith(`${under}/v1/`) ? pathname.slice(under.length) : pathname;
    return `${this.address}${rest}${search}`;
  }

  async #answer(url, signal) {
    for (let tried = 1; ; tried += 1) {
      const wait = FIRST_WAIT * 2 ** (tried - 1) * (0.5 + Math.random());
      const isLast = tried === TRIES;
      let answer;
      try {
        answer = await this.#fetch(url, { headers: { Accept: "application/json" }, signal });
      } catch (error) {
        if (signal?.aborted) throw error;
        if (isLast) throw unreachable(this.address, error);
      }
      if (answer?.ok) return answer;
      if (answer && (isLast || !PASSING.has(answer.status))) throw await refusal(answer, url);
      await this.#sleep(Math.max(wait, retryAfter(answer)), signal);
    }
  }
}

for (const verb of Object.keys(VERBS)) {
  if (!(verb in Ledger.prototype)) {
    Object.defineProperty(Ledger.prototype, verb, {
      configurable: true,
      writable: true,
      value(filters, options) {
        return this.ask(verb, filters, options);
      },
    });
  }
}

/** The ledger at an address. Reading needs no key, and nothing is handed in from here. */
export function connect(address, options) {
  return new Ledger(address, options);
}

function readAddress(address) {
  const text = String(address).replace(/\/+$/, "");
  if (!/^https?:\/\/[^/?#]+[^?#]*$/.test(text)) {
    throw new LedgerError({
      detail: `“${text}” is not the address of a ledger.`,
      fix: "Write it as https://ledger.example, without /v1.",
      code: "invalid_query",
    });
  }
  return text.replace(/\/v1$/, "");
}

function writeValue(name, value) {
  if (value instanceof Date) {
    throw new LedgerError({
      detail: `${name} is a moment, and a Date has a different day in each time zone.`,
      fix: "Write a day as YYYY-MM-DD, a moment as YYYY-MM-DDTHH:MM:SSZ.",
      code: "invalid_query",
    });
  }
  if (!["string", "number", "bigint"].includes(typeof value)) {
    throw new LedgerError({
      detail: `${name}=${JSON.stringify(value)} is neither text nor a number.`,
      fix: "Several values are an array of texts.",
      code: "invalid_query",
    });
  }
  return String(value);
}

/** The JSON of an answer, or an empty object where it is none. */
async function jsonOf(answer) {
  try {
    return (await answer.json()) ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

async function read(answer, url) {
  const body = await jsonOf(answer);
  if (!Array.isArray(body.data)) throw notALedger(answer, url);
  return body;
}

async function refusal(answer, url) {
  const problem = await jsonOf(answer);
  return "code" in problem ? new LedgerError({ ...problem, status: answer.status }) : notALedger(answer, url);
}

function notALedger(answer, url) {
  return new LedgerError({
    detail: `${url} answered ${answer.status}, which is not this service.`,
    fix: "Check the address; it is that of a Casualty Ledger, without /v1.",
    code: "not_a_ledger",
    status: answer.status,
  });
}

function unreachable(address, cause) {
  return new LedgerError(
    {
      detail: `${address} does not answer: ${cause?.cause?.message ?? cause?.message ?? cause}.`,
      fix: "Is the address right, and the server up?",
      code: "unreachable",
    },
    { cause },
  );
}

function retryAfter(answer) {
  const seconds = Number(answer?.headers.get("Retry-After") ?? 0);
  return Number.isFinite(seconds) ? Math.min(1000 * seconds, LONGEST_WAIT) : 0;
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const done = () => {
      clearTimeout(waiting);
      reject(signal.reason);
    };
    const waiting = setTimeout(() => {
      signal?.removeEventListener("abort", done);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
  });
}
