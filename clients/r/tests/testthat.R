library(testthat)
library(casualtyledger)

test_check("casualtyledger")
