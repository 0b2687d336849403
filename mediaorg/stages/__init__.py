"""The verbs: each takes a table and gives it back, same rows, wider."""
