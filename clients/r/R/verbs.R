# made by `make clients` of the tables of the service

column_kinds <- c(
  account_high = "number",
  account_low = "number",
  alone = "number",
  as_of = "day",
  baseline_from = "day",
  baseline_to = "day",
  best = "number",
  best_before = "number",
  counted_to = "day",
  counted_to_inferred = "logical",
  crises = "number",
  date = "day",
  delay_days = "number",
  delay_days_high = "number",
  ended_on = "day",
  expected = "number",
  expected_high = "number",
  expected_low = "number",
  figure = "number",
  growth = "number",
  growth_days = "number",
  high = "number",
  high_before = "number",
  is_different = "logical",
  is_raised = "logical",
  is_shipped = "logical",
  is_undated = "logical",
  known_on = "day",
  lat = "number",
  lon = "number",
  low = "number",
  low_before = "number",
  net_revision = "number",
  number = "number",
  origins = "number",
  people = "number",
  period_end = "day",
  period_start = "day",
  published_by = "day",
  published_on = "day",
  recorded_at = "moment",
  reports = "number",
  revised = "number",
  revised_up = "number",
  revision = "number",
  revision_high = "number",
  revision_low = "number",
  row = "number",
  seq = "number",
  settle_days = "number",
  settle_days_high = "number",
  stated = "number",
  taken_back = "number",
  totals = "number",
  until = "day",
  weight = "number"
)

verb_paths <- c(
  series = "series",
  figures = "figures",
  explain = "explain",
  evidence = "evidence",
  conflicts = "conflicts",
  bounds = "bounds",
  parts = "parts",
  vintages = "vintages",
  revisions = "revisions",
  changes = "changes",
  reports = "reports",
  history = "reports/{report_id}/history",
  findings = "findings",
  lookup = "lookup",
  differences = "why-different",
  areas = "areas",
  sources = "sources",
  populations = "populations",
  crises = "crises",
  mappings = "mappings",
  measures = "measures",
  methods = "methods"
)

#' The toll over time: a row per day on which it moved.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param from First day counted up to, YYYY-MM-DD. Example: `2025-03-06`
#' @param to Last day counted up to, YYYY-MM-DD. Example: `2025-03-31`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`expected_low`}{at least so many, expected to hold nine times in ten}
#'   \item{`expected`}{where the toll of that day is expected to settle}
#'   \item{`expected_high`}{at most so many, expected to hold nine times in ten}
#'   \item{`grade`}{how well supported: corroborated, contested, single_source, provisional, inferred}
#'   \item{`is_raised`}{whether the figure was raised to a part of it, or to the sum of its parts}
#'   \item{`origins`}{how many independent origins stand behind it}
#'   \item{`reports`}{how many reports stand behind it}
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#'   \item{`period_start`}{the day from which a running total counts}
#' }
#' @export
cl_series <- function(
  ledger,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  from = NULL,
  to = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "series", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, from = from, to = to, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' The latest row of each series.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param from First day counted up to, YYYY-MM-DD. Example: `2025-03-06`
#' @param to Last day counted up to, YYYY-MM-DD. Example: `2025-03-31`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`expected_low`}{at least so many, expected to hold nine times in ten}
#'   \item{`expected`}{where the toll of that day is expected to settle}
#'   \item{`expected_high`}{at most so many, expected to hold nine times in ten}
#'   \item{`grade`}{how well supported: corroborated, contested, single_source, provisional, inferred}
#'   \item{`is_raised`}{whether the figure was raised to a part of it, or to the sum of its parts}
#'   \item{`origins`}{how many independent origins stand behind it}
#'   \item{`reports`}{how many reports stand behind it}
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#'   \item{`period_start`}{the day from which a running total counts}
#' }
#' @export
cl_figures <- function(
  ledger,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  from = NULL,
  to = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "figures", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, from = from, to = to, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' The reports behind every row of the series, by role.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param from First day counted up to, YYYY-MM-DD. Example: `2025-03-06`
#' @param to Last day counted up to, YYYY-MM-DD. Example: `2025-03-31`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`period_start`}{the day from which a running total counts}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`until`}{the day before which the span ends; blank: it goes on}
#'   \item{`report_id`}{the report: a hash of its content}
#'   \item{`role`}{what the report did: counted, bound, raised, superseded, echo, misplaced, slip, stale, revised, disowned, retraction, withdrawn}
#'   \item{`weight`}{how much it weighs}
#'   \item{`reason`}{why it has this role}
#'   \item{`source_id`}{who published it}
#'   \item{`source_name`}{the name of the publisher}
#'   \item{`origin_id`}{whose figure it is}
#'   \item{`origin_name`}{the name of the origin}
#'   \item{`published_on`}{the day the source made it public}
#'   \item{`published_by`}{the day by which it must have been public, inferred; note says on what ground}
#'   \item{`published_precision`}{how exactly the day of publication, the last possible, is known: day, week, month, year}
#'   \item{`counted_to`}{the last day that the count takes in}
#'   \item{`counted_precision`}{how exactly the day counted to, the last possible, is known: day, week, month, year}
#'   \item{`areas`}{the place set: area codes, sorted, joined by |}
#'   \item{`area_stated`}{the place as the source spells it}
#'   \item{`place_precision`}{how exactly the source knows the place: exact, near, district, province, region, country; blank: it says nothing}
#'   \item{`population_stated`}{who is counted, by the word of the report}
#'   \item{`attributed_to_stated`}{whom the report itself holds responsible; blank: not split}
#'   \item{`is_undated`}{whether the report gives no day of its own}
#'   \item{`account_low`}{the least that its origin's account says}
#'   \item{`account_high`}{the most its origin's account says; blank: open above}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`count_stated`}{the wording of the source}
#'   \item{`basis`}{cumulative (a running total since period_start) or increment (that period alone)}
#'   \item{`event`}{the source's own key of the incident that the row is about; blank: none}
#'   \item{`standard`}{the standard of proof: verified, documented, official, estimate, unverified}
#'   \item{`url`}{where it is published}
#'   \item{`note`}{what the desk noted; blank for those who have no key}
#'   \item{`terms`}{the message and the values of each sentence of the row, as JSON; blank: it stands by itself}
#' }
#' @export
cl_evidence <- function(
  ledger,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  from = NULL,
  to = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "evidence", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, from = from, to = to, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' Figures whose origins disagree: by how many, who says what.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param from First day counted up to, YYYY-MM-DD. Example: `2025-03-06`
#' @param to Last day counted up to, YYYY-MM-DD. Example: `2025-03-31`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`period_start`}{the day from which a running total counts}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`people`}{how far apart the statements are, in people}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`grade`}{how well supported: corroborated, contested, single_source, provisional, inferred}
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#'   \item{`says`}{who says what, the lowest account first}
#' }
#' @export
cl_conflicts <- function(
  ledger,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  from = NULL,
  to = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "conflicts", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, from = from, to = to, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' How few and how many there can be where nobody reported, and which reports say so.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`expected_low`}{at least so many, expected to hold nine times in ten}
#'   \item{`expected`}{where the toll of that day is expected to settle}
#'   \item{`expected_high`}{at most so many, expected to hold nine times in ten}
#'   \item{`grade`}{how well supported: corroborated, contested, single_source, provisional, inferred}
#'   \item{`is_raised`}{whether the figure was raised to a part of it, or to the sum of its parts}
#'   \item{`origins`}{how many independent origins stand behind it}
#'   \item{`reports`}{how many reports stand behind it}
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#'   \item{`period_start`}{the day from which a running total counts}
#' }
#' @export
cl_bounds <- function(
  ledger,
  area,
  measure,
  population,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "bounds", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' What the latest figure of a place is made up of, and what of it lies elsewhere.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`share`}{whether the row is the whole, a part of it, or what lies elsewhere}
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`expected_low`}{at least so many, expected to hold nine times in ten}
#'   \item{`expected`}{where the toll of that day is expected to settle}
#'   \item{`expected_high`}{at most so many, expected to hold nine times in ten}
#'   \item{`grade`}{how well supported: corroborated, contested, single_source, provisional, inferred}
#'   \item{`is_raised`}{whether the figure was raised to a part of it, or to the sum of its parts}
#'   \item{`origins`}{how many independent origins stand behind it}
#'   \item{`reports`}{how many reports stand behind it}
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#'   \item{`period_start`}{the day from which a running total counts}
#' }
#' @export
cl_parts <- function(
  ledger,
  area,
  measure,
  population,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "parts", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' How the latest figures moved as knowledge grew, and why.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param from First day counted up to, YYYY-MM-DD. Example: `2025-03-06`
#' @param to Last day counted up to, YYYY-MM-DD. Example: `2025-03-31`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`period_start`}{the day from which a running total counts}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`grade`}{how well supported: corroborated, contested, single_source, provisional, inferred}
#'   \item{`best_before`}{best, before}
#'   \item{`cause`}{because of what it moved}
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`terms`}{the message and the values of each sentence of the row, as JSON; blank: it stands by itself}
#' }
#' @export
cl_vintages <- function(
  ledger,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  from = NULL,
  to = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "vintages", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, from = from, to = to, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' How far the first figures of each source moved, and how soon they settled.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param source Reports this source published, or whose figure it is. Example: `sohr`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`source_id`}{who published it}
#'   \item{`source_name`}{the name of the publisher}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`crises`}{in how many crises}
#'   \item{`stated`}{how many figures it is the origin of: of a place, people, party and day, or of an event}
#'   \item{`alone`}{of how many of these no other named origin has stated the same place, people and party}
#'   \item{`taken_back`}{how many of these it has taken back, with no other number in their place}
#'   \item{`revised`}{how many of these moved after the day on which they were first known}
#'   \item{`revised_up`}{how many of the revised rose}
#'   \item{`revision_low`}{the same, that one in ten of the revised does not exceed}
#'   \item{`revision`}{last less first number of a revised figure, in percent of the first, at the median}
#'   \item{`revision_high`}{the same, that nine in ten of the revised do not exceed}
#'   \item{`net_revision`}{last less first number of all its figures together, in percent of the first}
#'   \item{`settle_days`}{days from when a revised figure was first known to its last move, at the median}
#'   \item{`settle_days_high`}{the same, for nine in ten}
#'   \item{`delay_days`}{days from the last day counted to the first publication, at the median}
#'   \item{`delay_days_high`}{the same, for nine in ten}
#'   \item{`totals`}{how many running totals it gave for more than one day}
#'   \item{`growth`}{how many times its first number a running total came to, at the median}
#'   \item{`growth_days`}{days until a running total stayed within a tenth of its last, at the median}
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#' }
#' @export
cl_revisions <- function(
  ledger,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  source = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "revisions", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, source = source, as_of = as_of, dates = dates, recorded_by = recorded_by, limit = limit))
}

#' What moved since a head, a day or a moment, and why.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param since A head, a day (its beginning) or a moment of recording, in UTC; what moved after it. Example: `2026-01-01`
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param period_start Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: `any`
#' @param from First day counted up to, YYYY-MM-DD. Example: `2025-03-06`
#' @param to Last day counted up to, YYYY-MM-DD. Example: `2025-03-31`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param weights A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: `kind:anonymous=0.1`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`period_start`}{the day from which a running total counts}
#'   \item{`date`}{the day counted up to (for evidence: the first day of its span)}
#'   \item{`change`}{added, moved or removed}
#'   \item{`low_before`}{the lower bound, before}
#'   \item{`best_before`}{best, before}
#'   \item{`high_before`}{the upper bound, before}
#'   \item{`grade_before`}{the grade, before}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`expected_low`}{at least so many, expected to hold nine times in ten}
#'   \item{`expected`}{where the toll of that day is expected to settle}
#'   \item{`expected_high`}{at most so many, expected to hold nine times in ten}
#'   \item{`grade`}{how well supported: corroborated, contested, single_source, provisional, inferred}
#'   \item{`is_raised`}{whether the figure was raised to a part of it, or to the sum of its parts}
#'   \item{`origins`}{how many independent origins stand behind it}
#'   \item{`reports`}{how many reports stand behind it}
#'   \item{`cause`}{because of what it moved}
#'   \item{`report_ids`}{the reports that came or went and bear on it, joined by |}
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`as_of`}{the day of knowledge: only what was public by then}
#'   \item{`terms`}{the message and the values of each sentence of the row, as JSON; blank: it stands by itself}
#' }
#' @export
cl_changes <- function(
  ledger,
  since,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  period_start = NULL,
  from = NULL,
  to = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  weights = NULL,
  limit = NULL
) {
  ask(ledger, "changes", list(since = since, area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, period_start = period_start, from = from, to = to, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, weights = weights, limit = limit))
}

#' The reports as published, each with its fate.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param attributed_to Whom the source holds responsible, or any. Default: figures not split by it. Example: `any`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param source Reports this source published, or whose figure it is. Example: `sohr`
#' @param from First day counted up to, YYYY-MM-DD. Example: `2025-03-06`
#' @param to Last day counted up to, YYYY-MM-DD. Example: `2025-03-31`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`report_id`}{the report: a hash of its content}
#'   \item{`crisis_id`}{the happening that the report is about}
#'   \item{`source_id`}{who published it}
#'   \item{`origin_id`}{whose figure it is}
#'   \item{`url`}{where it is published}
#'   \item{`published_on`}{the day the source made it public}
#'   \item{`published_time`}{the time of day of publication as stated, with its offset from UTC if given: it orders bulletins of one day}
#'   \item{`published_by`}{the day by which it must have been public, inferred; note says on what ground}
#'   \item{`published_precision`}{how exactly the day of publication, the last possible, is known: day, week, month, year}
#'   \item{`counted_to`}{the last day that the count takes in}
#'   \item{`counted_to_inferred`}{whether that day is not the source's own word}
#'   \item{`counted_precision`}{how exactly the day counted to, the last possible, is known: day, week, month, year}
#'   \item{`period_start`}{the day from which a running total counts}
#'   \item{`period_end`}{the last day of the period that is counted}
#'   \item{`areas`}{the place set: area codes, sorted, joined by |}
#'   \item{`area_stated`}{the place as the source spells it}
#'   \item{`place_precision`}{how exactly the source knows the place: exact, near, district, province, region, country; blank: it says nothing}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`attributed_to`}{whom the source holds responsible; blank: not split by responsibility}
#'   \item{`basis`}{cumulative (a running total since period_start) or increment (that period alone)}
#'   \item{`event`}{the source's own key of the incident that the row is about; blank: none}
#'   \item{`low`}{the lower bound}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#'   \item{`high`}{the upper bound; blank: open above}
#'   \item{`number`}{the figure in the wording itself: over 740 gives 740}
#'   \item{`count_stated`}{the wording of the source}
#'   \item{`standard`}{the standard of proof: verified, documented, official, estimate, unverified}
#'   \item{`note`}{what the desk noted; blank for those who have no key}
#'   \item{`known_on`}{the day from which it may be used: published_on, else published_by, else that of recording}
#'   \item{`recorded_at`}{when this ledger took it in (UTC)}
#'   \item{`seq`}{the entry of the ledger that brought it}
#'   \item{`row`}{the row of its document, counted from 1}
#'   \item{`withdrawn`}{why it was taken back; blank: it stands}
#' }
#' @export
cl_reports <- function(
  ledger,
  area = NULL,
  measure = NULL,
  population = NULL,
  attributed_to = NULL,
  crisis = NULL,
  source = NULL,
  from = NULL,
  to = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "reports", list(area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis, source = source, from = from, to = to, as_of = as_of, dates = dates, recorded_by = recorded_by, limit = limit))
}

#' The entries of the ledger that touched a report: when, by which key, and why.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param report_id The id of a report, as in reports. Example: `r0a85bcbad607db7f4311`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`seq`}{the entry of the ledger that brought it}
#'   \item{`recorded_at`}{when this ledger took it in (UTC)}
#'   \item{`event`}{the source's own key of the incident that the row is about; blank: none}
#'   \item{`reason`}{why it has this role}
#'   \item{`replaced_by`}{the reports that stand in its place, joined by |}
#'   \item{`replaces`}{the reports in whose place it stands, joined by |}
#'   \item{`code`}{which check noticed it}
#'   \item{`severity`}{info, warning or error}
#'   \item{`kind`}{of publishers: un, monitor, media …; of crises: sudden, ongoing; blank: not known}
#'   \item{`document`}{the document it came in}
#'   \item{`key_id`}{the API key with which it was handed in; blank: none}
#'   \item{`hash`}{the hash of the entry, which chains it to the one before}
#' }
#' @export
cl_history <- function(
  ledger,
  report_id,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "history", list(report_id = report_id, recorded_by = recorded_by, limit = limit))
}

#' What was noticed when reports were taken in and reconciled.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param severity How much a finding matters. Example: `warning`
#' @param check The code of the check that noticed it. Example: `counter_drop`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`code`}{which check noticed it}
#'   \item{`severity`}{info, warning or error}
#'   \item{`message`}{what was noticed, in a sentence}
#'   \item{`fix`}{how to mend it}
#'   \item{`row`}{the row of its document, counted from 1}
#'   \item{`column`}{the column it is about}
#'   \item{`value`}{what stood there}
#'   \item{`subject`}{the report or the id it is about}
#'   \item{`terms`}{the message and the values of each sentence of the row, as JSON; blank: it stands by itself}
#'   \item{`recorded_at`}{when this ledger took it in (UTC)}
#'   \item{`seq`}{the entry of the ledger that brought it}
#'   \item{`document`}{the document it came in}
#'   \item{`status`}{open, resolved, or noted (nothing to do)}
#' }
#' @export
cl_findings <- function(
  ledger,
  crisis = NULL,
  severity = NULL,
  check = NULL,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "findings", list(crisis = crisis, severity = severity, check = check, recorded_by = recorded_by, limit = limit))
}

#' Whether a figure read elsewhere is known here, whose it is and what it is worth today.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param text A sentence with a figure, or the number alone, in English, French or Arabic. Example: `683 civilians were killed in Latakia`
#' @param area A place by code or name; several joined by | are counted together. Example: `SY06`
#' @param measure What is counted: killed, injured, … Example: `killed`
#' @param population Who is counted: all, civilians, … Example: `civilians`
#' @param crisis One crisis only. Example: `syria-coast-2025-03`
#' @param as_of The day of knowledge: only what was public by then. Default: today. Example: `2025-03-12`
#' @param dates Days of publication: all, or stated: without those that are inferred. Default: all. Example: `stated`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param method How to reconcile. Default: least-disagreement. Example: `least-disagreement/2`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`figure`}{which figure of the text, counted from 1}
#'   \item{`figure_stated`}{the figure as the text has it}
#'   \item{`standing`}{what the figure is worth here today: current, superseded, misplaced, disowned, retraction, withdrawn, never_seen}
#'   \item{`match`}{how well the report gives the figure looked for: same, other_people, other_place, none}
#'   \item{`answer`}{the answer in a sentence}
#'   \item{`report_id`}{the report: a hash of its content}
#'   \item{`crisis`}{the happening that the figure is about}
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`area_name`}{the name of the place, or of the places counted together}
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`counted_to`}{the last day that the count takes in}
#'   \item{`published_on`}{the day the source made it public}
#'   \item{`source_id`}{who published it}
#'   \item{`origin_id`}{whose figure it is}
#'   \item{`origin_name`}{the name of the origin}
#'   \item{`count_stated`}{the wording of the source}
#'   \item{`url`}{where it is published}
#'   \item{`best`}{the greatest count that most of the weight supports; blank: bounds only}
#' }
#' @export
cl_lookup <- function(
  ledger,
  text,
  area = NULL,
  measure = NULL,
  population = NULL,
  crisis = NULL,
  as_of = NULL,
  dates = NULL,
  recorded_by = NULL,
  method = NULL,
  limit = NULL
) {
  ask(ledger, "lookup", list(text = text, area = area, measure = measure, population = population, crisis = crisis, as_of = as_of, dates = dates, recorded_by = recorded_by, method = method, limit = limit))
}

#' Why two reports differ: people, place, days, origin, proof.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param a The id of a report, as in reports. Example: `r46cf8bb1e6f571e4c92a`
#' @param b The id of another report. Example: `r0a85bcbad607db7f4311`
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`aspect`}{what is compared}
#'   \item{`is_different`}{whether the two say different things}
#'   \item{`a`}{what the first report says; blank: nothing}
#'   \item{`b`}{what the second report says; blank: nothing}
#'   \item{`answer`}{the answer in a sentence}
#' }
#' @export
cl_differences <- function(
  ledger,
  a,
  b,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "differences", list(a = a, b = b, recorded_by = recorded_by, limit = limit))
}

#' The gazetteer.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`area_code`}{the place: a P-code, or an x- code of our own; several joined by | are counted together}
#'   \item{`name`}{its name}
#'   \item{`name_ar`}{its Arabic name}
#'   \item{`level`}{what kind of place: country, region, governorate, district …}
#'   \item{`parent_code`}{the place it lies in; blank: none}
#'   \item{`members`}{the areas that a region is made of, joined by |}
#'   \item{`aliases`}{other spellings, joined by |}
#'   \item{`lat`}{latitude, in degrees}
#'   \item{`lon`}{longitude, in degrees}
#' }
#' @export
cl_areas <- function(
  ledger,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "areas", list(recorded_by = recorded_by, limit = limit))
}

#' Who publishes, and whose figures they are.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`source_id`}{who published it}
#'   \item{`name`}{its name}
#'   \item{`name_ar`}{its Arabic name}
#'   \item{`kind`}{of publishers: un, monitor, media …; of crises: sudden, ongoing; blank: not known}
#'   \item{`country`}{where the source is, or which country it is about}
#'   \item{`independence`}{whom the source belongs to, where that is known}
#'   \item{`usual_standard`}{the standard of proof that the source usually works to}
#'   \item{`url`}{where it is published}
#'   \item{`aliases`}{other spellings, joined by |}
#'   \item{`counts_as`}{this origin's own word for what its carriers call otherwise: said=meant, joined by |}
#' }
#' @export
cl_sources <- function(
  ledger,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "sources", list(recorded_by = recorded_by, limit = limit))
}

#' Who is counted, part and whole.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`population`}{who is counted: all, civilians, women …}
#'   \item{`parent`}{the larger population it is a part of; blank: none}
#'   \item{`split`}{which of its siblings share nobody with it}
#'   \item{`label`}{its name}
#'   \item{`label_ar`}{its Arabic name}
#'   \item{`definition`}{who is counted, in a sentence}
#' }
#' @export
cl_populations <- function(
  ledger,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "populations", list(recorded_by = recorded_by, limit = limit))
}

#' The happenings that reports are about.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`crisis_id`}{the happening that the report is about}
#'   \item{`name`}{its name}
#'   \item{`name_ar`}{its Arabic name}
#'   \item{`kind`}{of publishers: un, monitor, media …; of crises: sudden, ongoing; blank: not known}
#'   \item{`period_start`}{the day from which a running total counts}
#'   \item{`ended_on`}{the last day of the violence or the disaster; blank: it goes on, or not known}
#'   \item{`baseline_from`}{the first day on which a running total may begin and still be the same count}
#'   \item{`baseline_to`}{the last such day}
#'   \item{`featured_areas`}{the places shown first, joined by |}
#'   \item{`whole_area`}{the place that is the whole crisis; blank: none}
#'   \item{`about`}{what the crisis is, in a sentence or two}
#' }
#' @export
cl_crises <- function(
  ledger,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "crises", list(recorded_by = recorded_by, limit = limit))
}

#' How files of other layouts are read.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param recorded_by What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: `2026-11-22T12:00:00Z`
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`name`}{its name}
#'   \item{`title`}{what it is for}
#'   \item{`is_shipped`}{whether it comes with the service}
#'   \item{`mapping_id`}{the mapping's very text, by its name and a hash; the name alone is the newest}
#'   \item{`recorded_at`}{when this ledger took it in (UTC)}
#'   \item{`text`}{its TOML}
#' }
#' @export
cl_mappings <- function(
  ledger,
  recorded_by = NULL,
  limit = NULL
) {
  ask(ledger, "mappings", list(recorded_by = recorded_by, limit = limit))
}

#' What is counted.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`measure`}{what is counted: killed, injured, missing …}
#'   \item{`meaning`}{what it means, in a clause}
#' }
#' @export
cl_measures <- function(
  ledger,
  limit = NULL
) {
  ask(ledger, "measures", list(limit = limit))
}

#' How figures that differ become one.
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param limit At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: `50`
#' @return A tibble with a row for each row of the answer; a blank is NA. Its attribute `meta` says what it holds for (head, day of knowledge, question); [cl_next()] gives the page after it where `limit` was given.
#' @section Columns:
#' \describe{
#'   \item{`method`}{the method of reconciliation, with its version}
#'   \item{`meaning`}{what it means, in a clause}
#' }
#' @export
cl_methods <- function(
  ledger,
  limit = NULL
) {
  ask(ledger, "methods", list(limit = limit))
}
