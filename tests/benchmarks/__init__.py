"""Scripts that measure; each prints ratios of medians taken side by side in one run. None is a test."""
