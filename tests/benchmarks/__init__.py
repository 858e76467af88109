"""Benchmark scripts; each prints ratios of medians measured in one run. They are not tests."""
