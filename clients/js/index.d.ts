import type { Filters, Row, Verb } from "./rows.js";

export type { Filters, Row, Verb } from "./rows.js";

/** Under `/v1`, the path of each verb. */
export const VERBS: Readonly<Record<Verb, string>>;

/** A refusal of the service, in its own sentences. */
export class LedgerError extends Error {
  /** A stable name: `unknown_name`, `invalid_query`, `not_found`, `too_many_requests`, …; here also `unreachable`, `not_a_ledger`. */
  readonly code: string;
  /** The status of HTTP; 0 where there was no answer. */
  readonly status: number;
  /** What is wrong. */
  readonly detail: string;
  /** The way out. */
  readonly fix: string;
  /** The nearest names that there are. */
  readonly suggestions: readonly string[];
}

/** What an answer holds for. */
export interface Meta {
  /** The state of the ledger: equal heads, equal answers. */
  readonly head: string;
  /** The day of knowledge, for figures and reports. */
  readonly as_of?: string;
  /** How figures that differ became one, for figures. */
  readonly method?: string;
  /** The question as it was understood. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** How many rows there are, and how many of them are in this page. */
  readonly rows: number;
  readonly returned: number;
  readonly [name: string]: unknown;
}

export interface Answer<V extends Verb> {
  readonly rows: readonly Row<V>[];
  readonly meta: Meta;
  /** The next page; `null` where this is the last one, or where no `limit` was asked. */
  next(): Promise<Answer<V> | null>;
}

export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly fix: string;
  readonly [name: string]: unknown;
}

export interface Explanation extends Answer<"explain"> {
  readonly figure: Row<"figures">;
  readonly sentences: readonly string[];
  readonly findings: readonly Finding[];
}

export interface Options {
  readonly signal?: AbortSignal;
}

export interface ConnectOptions {
  /** In place of the global one, for a proxy or a test. */
  readonly fetch?: typeof fetch;
  /** How to wait between two tries, for a test. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

type Asked = {
  [V in Exclude<Verb, "explain">]: (filters?: Filters<V>, options?: Options) => Promise<Answer<V>>;
};

export interface Ledger extends Asked {}
export class Ledger {
  constructor(address: string | URL, options?: ConnectOptions);
  /** Where it is reached, without a slash at the end. */
  readonly address: string;
  /** The address of an answer in any format: json, ndjson, csv, xlsx, parquet, arrow. */
  addressOf<V extends Verb>(verb: V, filters?: Filters<V>, format?: string): string;
  /** The address of a chart: svg, png, html, or json for Plotly. */
  chartAddress(kind?: string, filters?: Readonly<Record<string, unknown>>, format?: string): string;
  ask<V extends Verb>(verb: V, filters?: Filters<V>, options?: Options): Promise<Answer<V>>;
  pages<V extends Verb>(verb: V, filters?: Filters<V>, options?: Options): AsyncGenerator<Answer<V>, void>;
  rows<V extends Verb>(verb: V, filters?: Filters<V>, options?: Options): AsyncGenerator<Row<V>, void>;
  explain(filters: Filters<"explain">, options?: Options): Promise<Explanation>;
  whyDifferent(
    a: string,
    b: string,
    filters?: Omit<Filters<"differences">, "a" | "b">,
    options?: Options,
  ): Promise<Answer<"differences">>;
  cite<V extends Verb>(
    verb: V,
    filters?: Filters<V>,
    options?: Options & { readonly style?: "bibtex" | "ris" | "csl" },
  ): Promise<string>;
}

export function connect(address: string | URL, options?: ConnectOptions): Ledger;
