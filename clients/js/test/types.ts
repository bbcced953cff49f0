// Compiled by `make client-check`, never run: what the types let through, and what they must not.
import { type Answer, type Explanation, LedgerError, type Row, type Verb, VERBS, connect } from "../index.js";

const ledger = connect("https://ledger.example", { fetch });
const cell = { area: ["Latakia", "Jableh"], measure: "killed", population: "civilians" } as const;

export async function read(signal: AbortSignal): Promise<number> {
  const { rows, meta, next } = await ledger.series({ ...cell, as_of: "2025-03-12", limit: 10 }, { signal });
  const page: Answer<"series"> | null = await next();
  const explained: Explanation = await ledger.explain({ ...cell });
  for await (const report of ledger.rows("reports", { crisis: "syria-coast-2025-03", source: undefined })) {
    const note: string | null = report.note;
    void note;
  }
  const best: number | null = rows[0]?.best ?? explained.figure.best;
  const paths: string[] = (Object.keys(VERBS) as Verb[]).map((verb) => VERBS[verb]);
  const text: string = meta.head + (await ledger.cite("figures", cell, { style: "ris" })) + paths.join();
  const found: readonly Row<"lookup">[] = (await ledger.lookup({ text })).rows;
  await ledger.whyDifferent(found[0]!.report_id ?? "", "r1");
  return (best ?? 0) + (page?.rows.length ?? 0);
}

export async function refused(): Promise<readonly string[]> {
  // @ts-expect-error a measure that there is not
  await ledger.series({ measure: "kiled" });
  // @ts-expect-error a filter that there is not
  await ledger.series({ aera: "Latakia" });
  // @ts-expect-error a Date has a different day in each time zone
  await ledger.series({ as_of: new Date() });
  // @ts-expect-error a verb that there is not
  await ledger.ask("serie");
  const [row] = (await ledger.figures()).rows;
  // @ts-expect-error a blank is null and no number
  const high: number = row!.high;
  void high;
  try {
    await ledger.areas();
  } catch (error) {
    if (error instanceof LedgerError) return error.suggestions;
  }
  return [];
}
