"""The pages a person reads, one module each; each number on them is a cell of a Series or of its evidence."""
