# A real ledger at CASUALTY_ADDRESS, with the shipped crises; without one only what needs none is tested.
at_hand <- function() {
  address <- Sys.getenv("CASUALTY_ADDRESS")
  skip_if(address == "", "CASUALTY_ADDRESS names no ledger")
  ledger(address)
}
cell <- list(area = "Latakia", measure = "killed", population = "civilians", as_of = "2025-03-12")
asked <- function(verb, ...) do.call(verb, c(list(at_hand()), cell, list(...)))

test_that("a series has days, numbers, and blanks that are NA", {
  series <- asked(cl_series)
  expect_s3_class(series, "tbl_df")
  expect_s3_class(series$date, "Date")
  expect_true(is.numeric(series$best) && is.logical(series$is_raised))
  expect_true(all(is.na(series$expected_low) | series$expected_low > 0))
  expect_identical(unique(series$as_of), as.Date("2025-03-12"))
  expect_identical(attr(series, "meta")$as_of, "2025-03-12")
})

test_that("the latest figure is the one that is explained", {
  figure <- asked(cl_figures)
  explained <- asked(cl_explain)
  expect_identical(explained$figure$best, figure$best)
  expect_match(explained$sentences[[1]], "Latakia")
  expect_true(all(c("role", "origin_id") %in% names(explained$reports)))
})

test_that("pages together are the whole", {
  ledger <- at_hand()
  page <- cl_reports(ledger, crisis = "syria-coast-2025-03", limit = 300)
  ids <- page$report_id
  while (!is.null(page <- cl_next(page))) ids <- c(ids, page$report_id)
  whole <- cl_reports(ledger, crisis = "syria-coast-2025-03")
  expect_identical(ids, whole$report_id)
  expect_null(cl_next(whole))
  expect_s3_class(whole$recorded_at, "POSIXct")
  expect_false(anyNA(whole$recorded_at))
  differing <- cl_why_different(ledger, ids[[1]], ids[[2]])
  expect_setequal(names(differing), c("aspect", "a", "b", "is_different", "answer"))
})

test_that("what is listed, looked up and cited", {
  ledger <- at_hand()
  for (listing in list(cl_areas, cl_sources, cl_populations, cl_crises, cl_measures, cl_methods, cl_mappings)) {
    expect_gt(nrow(listing(ledger)), 0)
  }
  expect_identical(cl_lookup(ledger, "1,700 people were killed in Al-Rusafa")$standing, "misplaced")
  expect_match(do.call(cl_cite, c(list(ledger, "series"), cell)), "as_of=2025-03-12", fixed = TRUE)
  expect_gt(nrow(cl_history(ledger, cl_reports(ledger, limit = 1)$report_id)), 0)
})

test_that("several places, days as days, and Arabic go into an address as they are meant", {
  address <- cl_address(
    ledger("http://localhost:8000/"), "series",
    area = c("\u0627\u0644\u0644\u0627\u0630\u0642\u064a\u0629", "A&B=C"), as_of = as.Date("2025-03-12"), limit = 1e5
  )
  expect_identical(address, paste0(
    "http://localhost:8000/v1/series.csv?area=%D8%A7%D9%84%D9%84%D8%A7%D8%B0%D9%82%D9%8A%D8%A9&area=A%26B%3DC",
    "&as_of=2025-03-12&limit=100000"
  ))
})

test_that("a refusal is said in the sentences of the service", {
  refusal <- tryCatch(cl_series(at_hand(), area = "Latakai"), casualty_refusal = identity)
  expect_identical(refusal$code, "unknown_name")
  expect_identical(conditionMessage(refusal), paste(refusal$detail, refusal$fix))
  expect_true("Latakia" %in% refusal$suggestions)
  expect_error(cl_series(at_hand(), as_of = "yesterday"), class = "casualty_invalid_query")
})

test_that("what is no ledger, or not there, is said", {
  expect_error(ledger("localhost:8000"), "Write it as https://ledger.example", class = "casualty_refusal")
  expect_error(cl_series("localhost"), "is not a ledger", class = "casualty_refusal")
  expect_error(cl_address(ledger("http://localhost"), "serie"), "There are series, figures", class = "casualty_refusal")
  expect_error(cl_series(ledger("http://localhost"), area = NA), "area is neither text", class = "casualty_refusal")
  expect_error(cl_series(ledger("http://127.0.0.1:1"), area = "A"), "does not answer", class = "casualty_unreachable")
})
