// Against a real ledger at CASUALTY_ADDRESS, with the shipped crises (pytest starts both).
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { connect, Ledger, LedgerError, VERBS } from "../index.js";

const ledger = connect(process.env.CASUALTY_ADDRESS);
const cell = { area: "Latakia", measure: "killed", population: "civilians", as_of: "2025-03-12" };

/** What a refused call throws. */
const refused = async (call) => {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof LedgerError, String(error));
    return error;
  }
  return assert.fail("nothing was refused");
};

/** An address where `answer` is given to each request. */
const serving = async (answer, use) => {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    return await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections?.();
    server.close();
  }
};

test("series, figures and explain give one number, as known on a day", async () => {
  const { rows, meta } = await ledger.series(cell);
  const { rows: [figure] } = await ledger.figures(cell);
  const explained = await ledger.explain(cell);
  assert.equal(meta.as_of, "2025-03-12");
  assert.deepEqual(rows.at(-1), figure);
  assert.deepEqual(explained.figure, figure);
  assert.match(explained.sentences[0], /Latakia/);
  assert.ok(explained.rows.every((report) => report.role));
  assert.ok((await ledger.figures({ ...cell, as_of: "2026-01-01" })).rows[0].best > figure.best);
});

test("what is not known is null, not 0", async () => {
  const { rows } = await ledger.series({ crisis: "syria-coast-2025-03", measure: "killed", limit: 500 });
  assert.ok(rows.some((row) => row.high === null));
  assert.ok(rows.every((row) => row.best !== undefined && row.expected !== 0));
});

test("every verb can be asked", async () => {
  const { rows: [one, other] } = await ledger.reports({ limit: 2 });
  const questions = {
    changes: { since: "2025-03-12", ...cell }, history: { report_id: one.report_id }, findings: { limit: 3 },
    lookup: { text: "1,700 people were killed in Al-Rusafa" }, reports: { limit: 3 },
    differences: { a: one.report_id, b: other.report_id },
  };
  const listings = ["areas", "sources", "populations", "crises", "mappings", "measures", "methods"];
  for (const verb of Object.keys(VERBS)) {
    const { rows, meta } = await ledger[verb](questions[verb] ?? (listings.includes(verb) ? { limit: 5 } : cell));
    assert.ok(Array.isArray(rows) && meta.head, verb);
  }
  const [found] = (await ledger.lookup(questions.lookup)).rows;
  assert.equal(found.standing, "misplaced");
  const differing = await ledger.whyDifferent(one.report_id, other.report_id);
  assert.deepEqual(differing.rows, (await ledger.differences(questions.differences)).rows);
});

test("pages together are the whole", async () => {
  const whole = await ledger.reports({ crisis: "syria-coast-2025-03" });
  const ids = [];
  let pages = 0;
  for await (const page of ledger.pages("reports", { crisis: "syria-coast-2025-03", limit: 250 })) {
    pages += 1;
    ids.push(...page.rows.map((row) => row.report_id));
  }
  assert.equal(pages, 3);
  assert.deepEqual(ids, whole.rows.map((row) => row.report_id));
  assert.equal(await whole.next(), null);
  for await (const row of ledger.rows("reports", { limit: 1 })) {
    assert.equal(typeof row.report_id, "string");
    break;
  }
});

test("a citation leads to the same answer later", async () => {
  const told = await ledger.cite("series", cell);
  assert.match(told, /^@misc/);
  assert.match(told, /as_of=2025-03-12/);
  assert.equal(JSON.parse(await ledger.cite("series", cell, { style: "csl" }))[0].version, (await ledger.series(cell)).meta.head);
});

test("addresses say what is meant", async () => {
  const there = connect("http://localhost:8000/");
  assert.equal(
    there.addressOf("series", { area: ["اللاذقية", "A&B=C"], source: undefined, crisis: null, limit: 100000 }, "csv"),
    "http://localhost:8000/v1/series.csv?area=%D8%A7%D9%84%D9%84%D8%A7%D8%B0%D9%82%D9%8A%D8%A9&area=A%26B%3DC&limit=100000",
  );
  assert.equal(there.addressOf("history", { report_id: "../x?y" }), "http://localhost:8000/v1/reports/..%2Fx%3Fy/history.json");
  const drawn = await fetch(ledger.chartAddress("trend", cell));
  assert.match(await drawn.text(), /^<svg/);
});

test("a refusal is said in the sentences of the service", async () => {
  const error = await refused(() => ledger.series({ area: "Latakai" }));
  assert.equal(error.message, "No area is called “Latakai”. Did you mean Latakia (SY06) or Latakia city (x-latakia-city)?");
  assert.equal(error.code, "unknown_name");
  assert.equal(error.status, 422);
  assert.deepEqual([...error.suggestions], ["Latakia", "Latakia city"]);
  assert.equal((await refused(() => ledger.series({ as_of: "yesterday" }))).code, "invalid_query");
  assert.match((await refused(() => ledger.series({ aera: "Latakia" }))).fix, /Did you mean area/);
  assert.equal((await refused(() => ledger.history({ report_id: "r00000000000000000000" }))).status, 404);
});

test("what cannot be sent is said before it is sent", async () => {
  assert.match((await refused(() => ledger.series({ as_of: new Date() }))).message, /different day in each time zone/);
  assert.match((await refused(() => ledger.series({ area: { name: "Latakia" } }))).message, /neither text nor a number/);
  assert.match((await refused(() => ledger.ask("serie"))).fix, /There are series, figures/);
  assert.match((await refused(() => ledger.ask("constructor"))).message, /cannot be asked/);
  for (const address of ["localhost:8000", "", "ftp://a", "https://a?b=1", undefined]) {
    assert.throws(() => connect(address), LedgerError);
  }
  assert.equal(new Ledger(new URL("https://a.example/v1")).address, "https://a.example");
});

test("a service that is busy is asked again, one that is away is named", async () => {
  let asked = 0;
  const waits = [];
  const sleep = async (milliseconds) => void waits.push(milliseconds);
  const busy = (_, answer) => {
    asked += 1;
    answer.writeHead(asked < 3 ? 503 : 200, { "Retry-After": "7", "Content-Type": "application/json" });
    answer.end(JSON.stringify(asked < 3 ? { code: "too_busy", detail: "Busy." } : { data: [], meta: { head: "1-a" } }));
  };
  const { rows } = await serving(busy, (address) => connect(address, { sleep }).areas());
  assert.deepEqual([rows, asked, waits], [[], 3, [7000, 7000]]);
  const away = await refused(() => connect("http://127.0.0.1:1", { sleep }).areas());
  assert.equal(away.code, "unreachable");
  assert.match(away.message, /Is the address right, and the server up\?$/);
});

test("an answer of another service is not read as one of a ledger", async () => {
  for (const [status, body] of [[200, "<html>"], [200, "null"], [200, "{}"], [200, '{"data": {}}'], [404, "null"], [500, "[]"]]) {
    const other = (_, answer) => answer.writeHead(status).end(body);
    const error = await refused(() => serving(other, (address) => connect(address).areas()));
    assert.equal(error.code, "not_a_ledger", body);
  }
});

test("whoever no longer waits is let go", async () => {
  const signal = AbortSignal.timeout(50);
  const silent = serving(() => {}, (address) => connect(address).areas({}, { signal }));
  await assert.rejects(silent, { name: "TimeoutError" });
  const busy = (_, answer) => answer.writeHead(503, { "Retry-After": "30" }).end("{}");
  const waiting = AbortSignal.timeout(150);
  await assert.rejects(serving(busy, (address) => connect(address).areas({}, { signal: waiting })), { name: "TimeoutError" });
});

test("links lead to the ledger also where it lies under a path of another host", async () => {
  const page = (request, answer) => {
    const isFirst = !request.url.includes("cursor");
    const link = isFirst ? { Link: '</v1/areas.json?limit=1&cursor=1>; rel="next"' } : {};
    answer.writeHead(200, link).end(JSON.stringify({ data: [{ path: request.url }], meta: {} }));
  };
  await serving(page, async (address) => {
    const first = await connect(`${address}/ledger`).areas({ limit: 1 });
    assert.equal((await first.next()).rows[0].path, "/ledger/v1/areas.json?limit=1&cursor=1");
  });
});
