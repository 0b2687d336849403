"""How fast mediaorg is, beside what it replaces and beside the bare system calls: ``python -m benchmarks``."""
