#' A ledger, by its address
#'
#' Nothing is asked yet. Reading needs no key, and nothing is handed in from here.
#'
#' @param address Where the ledger is reached, as `https://ledger.example`, without `/v1`.
#' @return A ledger, to be asked with the functions whose names begin with `cl_`.
#' @examples
#' latakia <- ledger("http://localhost:8000")
#' \dontrun{
#' cl_series(latakia, area = "Latakia", measure = "killed", population = "civilians", as_of = "2025-03-12")
#' }
#' @export
ledger <- function(address) {
  if (!is.character(address) || length(address) != 1 || !grepl("^https?://[^/?#]+[^?#]*$", address)) {
    refuse(
      paste0("\u201c", paste(format(address), collapse = " "), "\u201d is not the address of a ledger."),
      fix = "Write it as https://ledger.example, without /v1.",
      code = "invalid_query"
    )
  }
  structure(list(address = sub("/v1$", "", sub("/+$", "", address))), class = "casualty_ledger")
}

#' @export
print.casualty_ledger <- function(x, ...) {
  cat("<Casualty Ledger at ", x$address, ">\n", sep = "")
  invisible(x)
}

#' Why one figure is what it is
#'
#' @inheritParams cl_figures
#' @param date The day counted up to whose figure is meant. Default: the latest.
#' @return A list: `figure` (a tibble of one row), `sentences` (prose), `findings` and `reports` (tibbles: what was
#'   noticed, and every report that bears on the figure, by role), `meta`.
#' @export
cl_explain <- function(ledger, area = NULL, measure = NULL, population = NULL, attributed_to = NULL, crisis = NULL,
                       period_start = NULL, date = NULL, as_of = NULL, dates = NULL, recorded_by = NULL,
                       method = NULL, weights = NULL) {
  filters <- list(
    area = area, measure = measure, population = population, attributed_to = attributed_to, crisis = crisis,
    period_start = period_start, date = date, as_of = as_of, dates = dates, recorded_by = recorded_by,
    method = method, weights = weights
  )
  reports <- ask(ledger, "explain", filters)
  meta <- attr(reports, "meta")
  list(
    figure = as_rows(list(meta$figure)),
    sentences = as.character(unlist(meta$sentences)),
    findings = as_rows(meta$findings),
    reports = reports,
    meta = meta
  )
}

#' Why two reports differ
#'
#' @inheritParams cl_differences
#' @return A tibble with a row for each thing that is compared: people, place, days, origin, proof.
#' @export
cl_why_different <- function(ledger, a, b, recorded_by = NULL) {
  cl_differences(ledger, a, b, recorded_by = recorded_by)
}

#' The citation of an answer, now and later
#'
#' @param ledger A ledger, as [ledger()] gives it.
#' @param verb Which answer: `"series"`, `"figures"`, `"explain"`, `"conflicts"`, `"vintages"`.
#' @param ... Its filters, by name, as the function of that verb takes them.
#' @param style `"bibtex"`, `"ris"` or `"csl"`.
#' @return The citation, as text.
#' @export
cl_cite <- function(ledger, verb = "series", ..., style = "bibtex") {
  httr2::resp_body_string(fetch(ledger, address_of(ledger, verb, list(..., cite = style), "json")))
}

#' The address of an answer, in any format of the service
#'
#' @inheritParams cl_cite
#' @param format `"csv"`, `"json"`, `"ndjson"`, `"parquet"`, `"arrow"` or `"xlsx"`.
#' @return The address, for another program to read.
#' @examples
#' cl_address(ledger("http://localhost:8000"), "series", area = "Latakia", measure = "killed")
#' @export
cl_address <- function(ledger, verb, ..., format = "csv") {
  address_of(ledger, verb, list(...), format)
}

#' The page after one that was asked for with a limit
#'
#' @param page A tibble, as a function of this package gave it.
#' @return The tibble of the next page; `NULL` where there is none.
#' @export
cl_next <- function(page) {
  link <- attr(page, "following")
  if (is.null(link)) NULL else read_page(attr(page, "ledger"), link)
}

ask <- function(ledger, verb, filters) {
  read_page(ledger, address_of(ledger, verb, filters, "json"))
}

address_of <- function(ledger, verb, filters, format) {
  if (!inherits(ledger, "casualty_ledger")) {
    refuse("The first argument is not a ledger.", fix = "Make one: ledger(\"https://ledger.example\").")
  }
  if (!is.character(verb) || length(verb) != 1 || !verb %in% names(verb_paths)) {
    refuse(
      paste0("A ledger cannot be asked for \u201c", paste(format(verb), collapse = " "), "\u201d."),
      fix = paste0("There are ", paste(names(verb_paths), collapse = ", "), "."), code = "unknown_name"
    )
  }
  path <- verb_paths[[verb]]
  for (name in regmatches(path, gregexpr("(?<=\\{)\\w+(?=\\})", path, perl = TRUE))[[1]]) {
    path <- sub(paste0("{", name, "}"), escaped(as_text(name, filters[[name]])), path, fixed = TRUE)
    filters[[name]] <- NULL
  }
  pairs <- unlist(lapply(names(filters), function(name) {
    values <- as_text(name, filters[[name]])
    if (length(values)) paste0(escaped(name), "=", escaped(values))
  }))
  asked <- if (length(pairs)) paste0("?", paste(pairs, collapse = "&")) else ""
  paste0(ledger$address, "/v1/", path, ".", format, asked)
}

escaped <- function(text) {
  utils::URLencode(enc2utf8(text), reserved = TRUE)
}

as_text <- function(name, values) {
  if (is.null(values)) {
    return(character())
  }
  if (inherits(values, "POSIXt")) {
    return(format(values, "%Y-%m-%dT%H:%M:%SZ", tz = "UTC"))
  }
  if (is.factor(values) || inherits(values, "Date")) {
    values <- as.character(values)
  }
  if (!is.character(values) && !is.numeric(values) || anyNA(values)) {
    refuse(paste0(name, " is neither text, a day nor a number."), fix = "Leave it out, or give its value.")
  }
  if (is.numeric(values)) format(values, scientific = FALSE, trim = TRUE) else values
}

fetch <- function(ledger, address) {
  request <- httr2::request(address)
  request <- httr2::req_headers(request, Accept = "application/json")
  request <- httr2::req_user_agent(request, "casualtyledger (R)")
  request <- httr2::req_error(request, is_error = function(response) FALSE)
  request <- httr2::req_retry(
    request,
    max_tries = 5,
    is_transient = function(response) httr2::resp_status(response) %in% c(429, 502, 503, 504),
    backoff = function(tried) 0.25 * 2^(tried - 1) * stats::runif(1, 0.5, 1.5)
  )
  response <- tryCatch(
    httr2::req_perform(request),
    error = function(error) {
      refuse(
        paste0(ledger$address, " does not answer: ", conditionMessage(error)),
        fix = "Is the address right, and the server up?", code = "unreachable"
      )
    }
  )
  if (httr2::resp_status(response) >= 400) {
    refuse_as_told(response, address)
  }
  response
}

read_page <- function(ledger, address) {
  response <- fetch(ledger, address)
  body <- json_of(response)
  if (!is.list(body) || is.null(body$meta) || !is.list(body$data)) {
    refuse_stranger(response, address)
  }
  rows <- as_rows(body$data)
  attr(rows, "meta") <- body$meta
  attr(rows, "ledger") <- ledger
  attr(rows, "following") <- next_link(ledger, httr2::resp_header(response, "Link"))
  rows
}

next_link <- function(ledger, header) {
  if (is.null(header)) {
    return(NULL)
  }
  found <- regmatches(header, regexec("<([^>]*)>\\s*;\\s*rel=\"?next\"?", header))[[1]]
  if (length(found)) paste0(ledger$address, sub("^https?://[^/]+", "", found[[2]])) else NULL
}

json_of <- function(response) {
  tryCatch(httr2::resp_body_json(response, check_type = FALSE), error = function(error) NULL)
}

as_rows <- function(rows) {
  if (!length(rows)) {
    return(tibble::tibble())
  }
  names <- names(rows[[1]])
  columns <- lapply(names, function(name) {
    as_column(name, lapply(rows, function(row) row[[name]]))
  })
  names(columns) <- names
  tibble::as_tibble(columns)
}

as_column <- function(name, values) {
  if (any(vapply(values, is.list, logical(1)))) {
    return(values)
  }
  values[vapply(values, is.null, logical(1))] <- NA
  values <- unlist(values)
  kind <- if (name %in% names(column_kinds)) column_kinds[[name]] else "text"
  switch(kind,
    day = as.Date(as.character(values)),
    moment = as.POSIXct(as.character(values), format = "%Y-%m-%dT%H:%M:%OSZ", tz = "UTC"),
    number = as.numeric(values),
    logical = as.logical(values),
    as.character(values)
  )
}

refuse <- function(message, fix = "", code = "invalid_query", status = NULL, suggestions = character()) {
  stop(structure(
    class = c(paste0("casualty_", code), "casualty_refusal", "error", "condition"),
    list(
      message = trimws(paste(message, fix)), call = NULL,
      detail = message, fix = fix, code = code, status = status, suggestions = suggestions
    )
  ))
}

refuse_as_told <- function(response, address) {
  problem <- json_of(response)
  if (!is.list(problem) || is.null(problem$code)) {
    refuse_stranger(response, address)
  }
  refuse(
    problem$detail,
    fix = problem$fix, code = problem$code, status = httr2::resp_status(response),
    suggestions = as.character(unlist(problem$suggestions))
  )
}

refuse_stranger <- function(response, address) {
  refuse(
    paste0(address, " answered ", httr2::resp_status(response), ", which is not this service."),
    fix = "Check the address; it is that of a Casualty Ledger, without /v1.",
    code = "not_a_ledger", status = httr2::resp_status(response)
  )
}
