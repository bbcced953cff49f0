#' Read casualty figures from a Casualty Ledger
#'
#' [ledger()] names a ledger by its address; [cl_series()], [cl_figures()], [cl_explain()] and the other functions that
#' begin with `cl_` ask it. Answers are tibbles in which a blank is `NA` and never zero. What the service refuses is
#' raised as a condition of class `casualty_refusal`, in its own sentences, with `code`, `fix` and `suggestions`.
#'
#' @keywords internal
"_PACKAGE"
