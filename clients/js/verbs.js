// made by `make clients` of the tables of the service

/** Under `/v1`, the path of each verb. */
export const VERBS = Object.freeze({
  series: "series",
  figures: "figures",
  explain: "explain",
  evidence: "evidence",
  conflicts: "conflicts",
  bounds: "bounds",
  parts: "parts",
  vintages: "vintages",
  revisions: "revisions",
  changes: "changes",
  reports: "reports",
  history: "reports/{report_id}/history",
  findings: "findings",
  lookup: "lookup",
  differences: "why-different",
  areas: "areas",
  sources: "sources",
  populations: "populations",
  crises: "crises",
  mappings: "mappings",
  measures: "measures",
  methods: "methods",
});
