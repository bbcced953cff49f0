// made by `make clients` of the tables of the service

type Several<T> = T | readonly T[];

type Blank = null | undefined;

/** The toll over time: a row per day on which it moved. */
export interface SeriesFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** First day counted up to, YYYY-MM-DD. Example: 2025-03-06 */
  from?: string | Blank;
  /** Last day counted up to, YYYY-MM-DD. Example: 2025-03-31 */
  to?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface SeriesRow {
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** at least so many, expected to hold nine times in ten */
  readonly expected_low: number | null;
  /** where the toll of that day is expected to settle */
  readonly expected: number | null;
  /** at most so many, expected to hold nine times in ten */
  readonly expected_high: number | null;
  /** how well supported: corroborated, contested, single_source, provisional, inferred */
  readonly grade: string;
  /** whether the figure was raised to a part of it, or to the sum of its parts */
  readonly is_raised: boolean;
  /** how many independent origins stand behind it */
  readonly origins: number;
  /** how many reports stand behind it */
  readonly reports: number;
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
}

/** The latest row of each series. */
export interface FiguresFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** First day counted up to, YYYY-MM-DD. Example: 2025-03-06 */
  from?: string | Blank;
  /** Last day counted up to, YYYY-MM-DD. Example: 2025-03-31 */
  to?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface FiguresRow {
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** at least so many, expected to hold nine times in ten */
  readonly expected_low: number | null;
  /** where the toll of that day is expected to settle */
  readonly expected: number | null;
  /** at most so many, expected to hold nine times in ten */
  readonly expected_high: number | null;
  /** how well supported: corroborated, contested, single_source, provisional, inferred */
  readonly grade: string;
  /** whether the figure was raised to a part of it, or to the sum of its parts */
  readonly is_raised: boolean;
  /** how many independent origins stand behind it */
  readonly origins: number;
  /** how many reports stand behind it */
  readonly reports: number;
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
}

/** Why one figure is what it is, report by report. */
export interface ExplainFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** The day counted up to whose figure is meant. Default: the latest. Example: 2025-03-12 */
  date?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface ExplainRow {
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** the day before which the span ends; blank: it goes on */
  readonly until: string | null;
  /** the report: a hash of its content */
  readonly report_id: string;
  /** what the report did: counted, bound, raised, superseded, echo, misplaced, slip, stale, revised, disowned, retraction, withdrawn */
  readonly role: string;
  /** how much it weighs */
  readonly weight: number;
  /** why it has this role */
  readonly reason: string;
  /** who published it */
  readonly source_id: string;
  /** the name of the publisher */
  readonly source_name: string;
  /** whose figure it is */
  readonly origin_id: string;
  /** the name of the origin */
  readonly origin_name: string;
  /** the day the source made it public */
  readonly published_on: string | null;
  /** the day by which it must have been public, inferred; note says on what ground */
  readonly published_by: string | null;
  /** how exactly the day of publication, the last possible, is known: day, week, month, year */
  readonly published_precision: string | null;
  /** the last day that the count takes in */
  readonly counted_to: string | null;
  /** how exactly the day counted to, the last possible, is known: day, week, month, year */
  readonly counted_precision: string | null;
  /** the place set: area codes, sorted, joined by | */
  readonly areas: string;
  /** the place as the source spells it */
  readonly area_stated: string;
  /** how exactly the source knows the place: exact, near, district, province, region, country; blank: it says nothing */
  readonly place_precision: string | null;
  /** who is counted, by the word of the report */
  readonly population_stated: string;
  /** whom the report itself holds responsible; blank: not split */
  readonly attributed_to_stated: string;
  /** whether the report gives no day of its own */
  readonly is_undated: boolean;
  /** the least that its origin's account says */
  readonly account_low: number | null;
  /** the most its origin's account says; blank: open above */
  readonly account_high: number | null;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** the wording of the source */
  readonly count_stated: string;
  /** cumulative (a running total since period_start) or increment (that period alone) */
  readonly basis: string;
  /** the source's own key of the incident that the row is about; blank: none */
  readonly event: string | null;
  /** the standard of proof: verified, documented, official, estimate, unverified */
  readonly standard: string;
  /** where it is published */
  readonly url: string | null;
  /** what the desk noted; blank for those who have no key */
  readonly note: string;
  /** the message and the values of each sentence of the row, as JSON; blank: it stands by itself */
  readonly terms: string;
}

/** The reports behind every row of the series, by role. */
export interface EvidenceFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** First day counted up to, YYYY-MM-DD. Example: 2025-03-06 */
  from?: string | Blank;
  /** Last day counted up to, YYYY-MM-DD. Example: 2025-03-31 */
  to?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface EvidenceRow {
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** the day before which the span ends; blank: it goes on */
  readonly until: string | null;
  /** the report: a hash of its content */
  readonly report_id: string;
  /** what the report did: counted, bound, raised, superseded, echo, misplaced, slip, stale, revised, disowned, retraction, withdrawn */
  readonly role: string;
  /** how much it weighs */
  readonly weight: number;
  /** why it has this role */
  readonly reason: string;
  /** who published it */
  readonly source_id: string;
  /** the name of the publisher */
  readonly source_name: string;
  /** whose figure it is */
  readonly origin_id: string;
  /** the name of the origin */
  readonly origin_name: string;
  /** the day the source made it public */
  readonly published_on: string | null;
  /** the day by which it must have been public, inferred; note says on what ground */
  readonly published_by: string | null;
  /** how exactly the day of publication, the last possible, is known: day, week, month, year */
  readonly published_precision: string | null;
  /** the last day that the count takes in */
  readonly counted_to: string | null;
  /** how exactly the day counted to, the last possible, is known: day, week, month, year */
  readonly counted_precision: string | null;
  /** the place set: area codes, sorted, joined by | */
  readonly areas: string;
  /** the place as the source spells it */
  readonly area_stated: string;
  /** how exactly the source knows the place: exact, near, district, province, region, country; blank: it says nothing */
  readonly place_precision: string | null;
  /** who is counted, by the word of the report */
  readonly population_stated: string;
  /** whom the report itself holds responsible; blank: not split */
  readonly attributed_to_stated: string;
  /** whether the report gives no day of its own */
  readonly is_undated: boolean;
  /** the least that its origin's account says */
  readonly account_low: number | null;
  /** the most its origin's account says; blank: open above */
  readonly account_high: number | null;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** the wording of the source */
  readonly count_stated: string;
  /** cumulative (a running total since period_start) or increment (that period alone) */
  readonly basis: string;
  /** the source's own key of the incident that the row is about; blank: none */
  readonly event: string | null;
  /** the standard of proof: verified, documented, official, estimate, unverified */
  readonly standard: string;
  /** where it is published */
  readonly url: string | null;
  /** what the desk noted; blank for those who have no key */
  readonly note: string;
  /** the message and the values of each sentence of the row, as JSON; blank: it stands by itself */
  readonly terms: string;
}

/** Figures whose origins disagree: by how many, who says what. */
export interface ConflictsFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** First day counted up to, YYYY-MM-DD. Example: 2025-03-06 */
  from?: string | Blank;
  /** Last day counted up to, YYYY-MM-DD. Example: 2025-03-31 */
  to?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface ConflictsRow {
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** how far apart the statements are, in people */
  readonly people: number;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** how well supported: corroborated, contested, single_source, provisional, inferred */
  readonly grade: string;
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
  /** who says what, the lowest account first */
  readonly says: string;
}

/** How few and how many there can be where nobody reported, and which reports say so. */
export interface BoundsFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area: Several<string>;
  /** What is counted: killed, injured, … Example: killed */
  measure: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any";
  /** Who is counted: all, civilians, … Example: civilians */
  population: string;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface BoundsRow {
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** at least so many, expected to hold nine times in ten */
  readonly expected_low: number | null;
  /** where the toll of that day is expected to settle */
  readonly expected: number | null;
  /** at most so many, expected to hold nine times in ten */
  readonly expected_high: number | null;
  /** how well supported: corroborated, contested, single_source, provisional, inferred */
  readonly grade: string;
  /** whether the figure was raised to a part of it, or to the sum of its parts */
  readonly is_raised: boolean;
  /** how many independent origins stand behind it */
  readonly origins: number;
  /** how many reports stand behind it */
  readonly reports: number;
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
}

/** What the latest figure of a place is made up of, and what of it lies elsewhere. */
export interface PartsFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area: Several<string>;
  /** What is counted: killed, injured, … Example: killed */
  measure: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any";
  /** Who is counted: all, civilians, … Example: civilians */
  population: string;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface PartsRow {
  /** whether the row is the whole, a part of it, or what lies elsewhere */
  readonly share: string;
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** at least so many, expected to hold nine times in ten */
  readonly expected_low: number | null;
  /** where the toll of that day is expected to settle */
  readonly expected: number | null;
  /** at most so many, expected to hold nine times in ten */
  readonly expected_high: number | null;
  /** how well supported: corroborated, contested, single_source, provisional, inferred */
  readonly grade: string;
  /** whether the figure was raised to a part of it, or to the sum of its parts */
  readonly is_raised: boolean;
  /** how many independent origins stand behind it */
  readonly origins: number;
  /** how many reports stand behind it */
  readonly reports: number;
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
}

/** How the latest figures moved as knowledge grew, and why. */
export interface VintagesFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** First day counted up to, YYYY-MM-DD. Example: 2025-03-06 */
  from?: string | Blank;
  /** Last day counted up to, YYYY-MM-DD. Example: 2025-03-31 */
  to?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface VintagesRow {
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** how well supported: corroborated, contested, single_source, provisional, inferred */
  readonly grade: string | null;
  /** best, before */
  readonly best_before: number | null;
  /** because of what it moved */
  readonly cause: string;
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** the message and the values of each sentence of the row, as JSON; blank: it stands by itself */
  readonly terms: string;
}

/** How far the first figures of each source moved, and how soon they settled. */
export interface RevisionsFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Reports this source published, or whose figure it is. Example: sohr */
  source?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface RevisionsRow {
  /** who published it */
  readonly source_id: string;
  /** the name of the publisher */
  readonly source_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** in how many crises */
  readonly crises: number;
  /** how many figures it is the origin of: of a place, people, party and day, or of an event */
  readonly stated: number;
  /** of how many of these no other named origin has stated the same place, people and party */
  readonly alone: number;
  /** how many of these it has taken back, with no other number in their place */
  readonly taken_back: number;
  /** how many of these moved after the day on which they were first known */
  readonly revised: number;
  /** how many of the revised rose */
  readonly revised_up: number;
  /** the same, that one in ten of the revised does not exceed */
  readonly revision_low: number | null;
  /** last less first number of a revised figure, in percent of the first, at the median */
  readonly revision: number | null;
  /** the same, that nine in ten of the revised do not exceed */
  readonly revision_high: number | null;
  /** last less first number of all its figures together, in percent of the first */
  readonly net_revision: number | null;
  /** days from when a revised figure was first known to its last move, at the median */
  readonly settle_days: number | null;
  /** the same, for nine in ten */
  readonly settle_days_high: number | null;
  /** days from the last day counted to the first publication, at the median */
  readonly delay_days: number | null;
  /** the same, for nine in ten */
  readonly delay_days_high: number | null;
  /** how many running totals it gave for more than one day */
  readonly totals: number;
  /** how many times its first number a running total came to, at the median */
  readonly growth: number | null;
  /** days until a running total stayed within a tenth of its last, at the median */
  readonly growth_days: number | null;
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
}

/** What moved since a head, a day or a moment, and why. */
export interface ChangesFilters {
  /** A head, a day (its beginning) or a moment of recording, in UTC; what moved after it. Example: 2026-01-01 */
  since: string;
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Running totals that begin on that day, or any. Default: the crisis's own beginning. Example: any */
  period_start?: string | Blank;
  /** First day counted up to, YYYY-MM-DD. Example: 2025-03-06 */
  from?: string | Blank;
  /** Last day counted up to, YYYY-MM-DD. Example: 2025-03-31 */
  to?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** A weight other than the shipped: kind: or standard: (in its place) or origin: (on top). Example: kind:anonymous=0.1 */
  weights?: Several<string> | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface ChangesRow {
  /** the happening that the figure is about */
  readonly crisis: string;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** the name of the place, or of the places counted together */
  readonly area_name: string;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
  /** the day counted up to (for evidence: the first day of its span) */
  readonly date: string;
  /** added, moved or removed */
  readonly change: string;
  /** the lower bound, before */
  readonly low_before: number | null;
  /** best, before */
  readonly best_before: number | null;
  /** the upper bound, before */
  readonly high_before: number | null;
  /** the grade, before */
  readonly grade_before: string | null;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** at least so many, expected to hold nine times in ten */
  readonly expected_low: number | null;
  /** where the toll of that day is expected to settle */
  readonly expected: number | null;
  /** at most so many, expected to hold nine times in ten */
  readonly expected_high: number | null;
  /** how well supported: corroborated, contested, single_source, provisional, inferred */
  readonly grade: string | null;
  /** whether the figure was raised to a part of it, or to the sum of its parts */
  readonly is_raised: boolean | null;
  /** how many independent origins stand behind it */
  readonly origins: number | null;
  /** how many reports stand behind it */
  readonly reports: number | null;
  /** because of what it moved */
  readonly cause: string;
  /** the reports that came or went and bear on it, joined by | */
  readonly report_ids: string;
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** the day of knowledge: only what was public by then */
  readonly as_of: string;
  /** the message and the values of each sentence of the row, as JSON; blank: it stands by itself */
  readonly terms: string;
}

/** The reports as published, each with its fate. */
export interface ReportsFilters {
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** Whom the source holds responsible, or any. Default: figures not split by it. Example: any */
  attributed_to?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** Reports this source published, or whose figure it is. Example: sohr */
  source?: string | Blank;
  /** First day counted up to, YYYY-MM-DD. Example: 2025-03-06 */
  from?: string | Blank;
  /** Last day counted up to, YYYY-MM-DD. Example: 2025-03-31 */
  to?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface ReportsRow {
  /** the report: a hash of its content */
  readonly report_id: string;
  /** the happening that the report is about */
  readonly crisis_id: string;
  /** who published it */
  readonly source_id: string;
  /** whose figure it is */
  readonly origin_id: string;
  /** where it is published */
  readonly url: string | null;
  /** the day the source made it public */
  readonly published_on: string | null;
  /** the time of day of publication as stated, with its offset from UTC if given: it orders bulletins of one day */
  readonly published_time: string | null;
  /** the day by which it must have been public, inferred; note says on what ground */
  readonly published_by: string | null;
  /** how exactly the day of publication, the last possible, is known: day, week, month, year */
  readonly published_precision: string | null;
  /** the last day that the count takes in */
  readonly counted_to: string | null;
  /** whether that day is not the source's own word */
  readonly counted_to_inferred: boolean;
  /** how exactly the day counted to, the last possible, is known: day, week, month, year */
  readonly counted_precision: string | null;
  /** the day from which a running total counts */
  readonly period_start: string | null;
  /** the last day of the period that is counted */
  readonly period_end: string | null;
  /** the place set: area codes, sorted, joined by | */
  readonly areas: string;
  /** the place as the source spells it */
  readonly area_stated: string;
  /** how exactly the source knows the place: exact, near, district, province, region, country; blank: it says nothing */
  readonly place_precision: string | null;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** whom the source holds responsible; blank: not split by responsibility */
  readonly attributed_to: string;
  /** cumulative (a running total since period_start) or increment (that period alone) */
  readonly basis: string;
  /** the source's own key of the incident that the row is about; blank: none */
  readonly event: string | null;
  /** the lower bound */
  readonly low: number | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
  /** the upper bound; blank: open above */
  readonly high: number | null;
  /** the figure in the wording itself: over 740 gives 740 */
  readonly number: number | null;
  /** the wording of the source */
  readonly count_stated: string;
  /** the standard of proof: verified, documented, official, estimate, unverified */
  readonly standard: string;
  /** what the desk noted; blank for those who have no key */
  readonly note: string;
  /** the day from which it may be used: published_on, else published_by, else that of recording */
  readonly known_on: string;
  /** when this ledger took it in (UTC) */
  readonly recorded_at: string;
  /** the entry of the ledger that brought it */
  readonly seq: number;
  /** the row of its document, counted from 1 */
  readonly row: number;
  /** why it was taken back; blank: it stands */
  readonly withdrawn: string | null;
}

/** The entries of the ledger that touched a report: when, by which key, and why. */
export interface HistoryFilters {
  /** The id of a report, as in reports. Example: r0a85bcbad607db7f4311 */
  report_id: string;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface HistoryRow {
  /** the entry of the ledger that brought it */
  readonly seq: number;
  /** when this ledger took it in (UTC) */
  readonly recorded_at: string;
  /** the source's own key of the incident that the row is about; blank: none */
  readonly event: string;
  /** why it has this role */
  readonly reason: string | null;
  /** the reports that stand in its place, joined by | */
  readonly replaced_by: string;
  /** the reports in whose place it stands, joined by | */
  readonly replaces: string;
  /** which check noticed it */
  readonly code: string;
  /** info, warning or error */
  readonly severity: string;
  /** of publishers: un, monitor, media …; of crises: sudden, ongoing; blank: not known */
  readonly kind: string;
  /** the document it came in */
  readonly document: string;
  /** the API key with which it was handed in; blank: none */
  readonly key_id: string;
  /** the hash of the entry, which chains it to the one before */
  readonly hash: string;
}

/** What was noticed when reports were taken in and reconciled. */
export interface FindingsFilters {
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** How much a finding matters. Example: warning */
  severity?: "info" | "warning" | "error" | Blank;
  /** The code of the check that noticed it. Example: counter_drop */
  check?: string | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface FindingsRow {
  /** which check noticed it */
  readonly code: string;
  /** info, warning or error */
  readonly severity: string;
  /** what was noticed, in a sentence */
  readonly message: string;
  /** how to mend it */
  readonly fix: string;
  /** the row of its document, counted from 1 */
  readonly row: number | null;
  /** the column it is about */
  readonly column: string;
  /** what stood there */
  readonly value: string;
  /** the report or the id it is about */
  readonly subject: string;
  /** the message and the values of each sentence of the row, as JSON; blank: it stands by itself */
  readonly terms: string;
  /** when this ledger took it in (UTC) */
  readonly recorded_at: string;
  /** the entry of the ledger that brought it */
  readonly seq: number;
  /** the document it came in */
  readonly document: string;
  /** open, resolved, or noted (nothing to do) */
  readonly status: string;
}

/** Whether a figure read elsewhere is known here, whose it is and what it is worth today. */
export interface LookupFilters {
  /** A sentence with a figure, or the number alone, in English, French or Arabic. Example: 683 civilians were killed in Latakia */
  text: string;
  /** A place by code or name; several joined by | are counted together. Example: SY06 */
  area?: Several<string> | Blank;
  /** What is counted: killed, injured, … Example: killed */
  measure?: "killed" | "injured" | "missing" | "displaced" | "detained" | "abducted" | "casualties" | "bodies_recovered" | "bodies_buried" | "incidents" | "any" | Blank;
  /** Who is counted: all, civilians, … Example: civilians */
  population?: string | Blank;
  /** One crisis only. Example: syria-coast-2025-03 */
  crisis?: string | Blank;
  /** The day of knowledge: only what was public by then. Default: today. Example: 2025-03-12 */
  as_of?: string | Blank;
  /** Days of publication: all, or stated: without those that are inferred. Default: all. Example: stated */
  dates?: "all" | "stated" | Blank;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** How to reconcile. Default: least-disagreement. Example: least-disagreement/2 */
  method?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface LookupRow {
  /** which figure of the text, counted from 1 */
  readonly figure: number;
  /** the figure as the text has it */
  readonly figure_stated: string;
  /** what the figure is worth here today: current, superseded, misplaced, disowned, retraction, withdrawn, never_seen */
  readonly standing: string;
  /** how well the report gives the figure looked for: same, other_people, other_place, none */
  readonly match: string;
  /** the answer in a sentence */
  readonly answer: string;
  /** the report: a hash of its content */
  readonly report_id: string | null;
  /** the happening that the figure is about */
  readonly crisis: string | null;
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string | null;
  /** the name of the place, or of the places counted together */
  readonly area_name: string | null;
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** who is counted: all, civilians, women … */
  readonly population: string | null;
  /** the last day that the count takes in */
  readonly counted_to: string | null;
  /** the day the source made it public */
  readonly published_on: string | null;
  /** who published it */
  readonly source_id: string | null;
  /** whose figure it is */
  readonly origin_id: string | null;
  /** the name of the origin */
  readonly origin_name: string | null;
  /** the wording of the source */
  readonly count_stated: string | null;
  /** where it is published */
  readonly url: string | null;
  /** the greatest count that most of the weight supports; blank: bounds only */
  readonly best: number | null;
}

/** Why two reports differ: people, place, days, origin, proof. */
export interface DifferencesFilters {
  /** The id of a report, as in reports. Example: r46cf8bb1e6f571e4c92a */
  a: string;
  /** The id of another report. Example: r0a85bcbad607db7f4311 */
  b: string;
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface DifferencesRow {
  /** what is compared */
  readonly aspect: string;
  /** whether the two say different things */
  readonly is_different: boolean;
  /** what the first report says; blank: nothing */
  readonly a: string;
  /** what the second report says; blank: nothing */
  readonly b: string;
  /** the answer in a sentence */
  readonly answer: string;
}

/** The gazetteer. */
export interface AreasFilters {
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface AreasRow {
  /** the place: a P-code, or an x- code of our own; several joined by | are counted together */
  readonly area_code: string;
  /** its name */
  readonly name: string;
  /** its Arabic name */
  readonly name_ar: string;
  /** what kind of place: country, region, governorate, district … */
  readonly level: string;
  /** the place it lies in; blank: none */
  readonly parent_code: string;
  /** the areas that a region is made of, joined by | */
  readonly members: string;
  /** other spellings, joined by | */
  readonly aliases: string;
  /** latitude, in degrees */
  readonly lat: number | null;
  /** longitude, in degrees */
  readonly lon: number | null;
}

/** Who publishes, and whose figures they are. */
export interface SourcesFilters {
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface SourcesRow {
  /** who published it */
  readonly source_id: string;
  /** its name */
  readonly name: string;
  /** its Arabic name */
  readonly name_ar: string;
  /** of publishers: un, monitor, media …; of crises: sudden, ongoing; blank: not known */
  readonly kind: string;
  /** where the source is, or which country it is about */
  readonly country: string;
  /** whom the source belongs to, where that is known */
  readonly independence: string;
  /** the standard of proof that the source usually works to */
  readonly usual_standard: string;
  /** where it is published */
  readonly url: string;
  /** other spellings, joined by | */
  readonly aliases: string;
  /** this origin's own word for what its carriers call otherwise: said=meant, joined by | */
  readonly counts_as: string;
}

/** Who is counted, part and whole. */
export interface PopulationsFilters {
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface PopulationsRow {
  /** who is counted: all, civilians, women … */
  readonly population: string;
  /** the larger population it is a part of; blank: none */
  readonly parent: string;
  /** which of its siblings share nobody with it */
  readonly split: string;
  /** its name */
  readonly label: string;
  /** its Arabic name */
  readonly label_ar: string;
  /** who is counted, in a sentence */
  readonly definition: string;
}

/** The happenings that reports are about. */
export interface CrisesFilters {
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface CrisesRow {
  /** the happening that the report is about */
  readonly crisis_id: string;
  /** its name */
  readonly name: string;
  /** its Arabic name */
  readonly name_ar: string;
  /** of publishers: un, monitor, media …; of crises: sudden, ongoing; blank: not known */
  readonly kind: string;
  /** the day from which a running total counts */
  readonly period_start: string | null;
  /** the last day of the violence or the disaster; blank: it goes on, or not known */
  readonly ended_on: string | null;
  /** the first day on which a running total may begin and still be the same count */
  readonly baseline_from: string | null;
  /** the last such day */
  readonly baseline_to: string | null;
  /** the places shown first, joined by | */
  readonly featured_areas: string;
  /** the place that is the whole crisis; blank: none */
  readonly whole_area: string;
  /** what the crisis is, in a sentence or two */
  readonly about: string;
}

/** How files of other layouts are read. */
export interface MappingsFilters {
  /** What this ledger held at that moment, YYYY-MM-DDTHH:MM:SSZ. Default: now. Example: 2026-11-22T12:00:00Z */
  recorded_by?: string | Blank;
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface MappingsRow {
  /** its name */
  readonly name: string;
  /** what it is for */
  readonly title: string;
  /** whether it comes with the service */
  readonly is_shipped: boolean;
  /** the mapping's very text, by its name and a hash; the name alone is the newest */
  readonly mapping_id: string;
  /** when this ledger took it in (UTC) */
  readonly recorded_at: string | null;
  /** its TOML */
  readonly text: string;
}

/** What is counted. */
export interface MeasuresFilters {
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface MeasuresRow {
  /** what is counted: killed, injured, missing … */
  readonly measure: string;
  /** what it means, in a clause */
  readonly meaning: string;
}

/** How figures that differ become one. */
export interface MethodsFilters {
  /** At most this many rows, 1 to 100000; the Link header leads to the next ones. Example: 50 */
  limit?: number | Blank;
}

export interface MethodsRow {
  /** the method of reconciliation, with its version */
  readonly method: string;
  /** what it means, in a clause */
  readonly meaning: string;
}

export interface FiltersByVerb {
  series: SeriesFilters;
  figures: FiguresFilters;
  explain: ExplainFilters;
  evidence: EvidenceFilters;
  conflicts: ConflictsFilters;
  bounds: BoundsFilters;
  parts: PartsFilters;
  vintages: VintagesFilters;
  revisions: RevisionsFilters;
  changes: ChangesFilters;
  reports: ReportsFilters;
  history: HistoryFilters;
  findings: FindingsFilters;
  lookup: LookupFilters;
  differences: DifferencesFilters;
  areas: AreasFilters;
  sources: SourcesFilters;
  populations: PopulationsFilters;
  crises: CrisesFilters;
  mappings: MappingsFilters;
  measures: MeasuresFilters;
  methods: MethodsFilters;
}

export interface RowByVerb {
  series: SeriesRow;
  figures: FiguresRow;
  explain: ExplainRow;
  evidence: EvidenceRow;
  conflicts: ConflictsRow;
  bounds: BoundsRow;
  parts: PartsRow;
  vintages: VintagesRow;
  revisions: RevisionsRow;
  changes: ChangesRow;
  reports: ReportsRow;
  history: HistoryRow;
  findings: FindingsRow;
  lookup: LookupRow;
  differences: DifferencesRow;
  areas: AreasRow;
  sources: SourcesRow;
  populations: PopulationsRow;
  crises: CrisesRow;
  mappings: MappingsRow;
  measures: MeasuresRow;
  methods: MethodsRow;
}

export type Verb = keyof RowByVerb;

export type Filters<V extends Verb> = FiltersByVerb[V];

export type Row<V extends Verb> = RowByVerb[V];
