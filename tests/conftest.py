"""Configuration of all tests: hypothesis profiles, and the option to update the recorded diagnostics."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

if "PYTEST_XDIST_WORKER" in os.environ:  # parallel processes: one thread each, or they slow each other down
    os.environ.setdefault("OMP_NUM_THREADS", "1")

os.environ.pop("COLUMNS", None)  # which pytest-xdist sets, and tables would fit

settings.register_profile(
    "repeatable", max_examples=30, derandomize=True, database=None, deadline=None, suppress_health_check=_SLOW
)
settings.register_profile("search", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=_SLOW)
settings.register_profile(  # for each of many mutants: a failure is enough
    "glance", settings.get_profile("repeatable"), phases=[Phase.explicit, Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-cases",
        action="store_true",
        help="rewrite what is recorded in tests/cases and in folders called `recorded`, instead of checking it",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run property-based tests last, so that example-based ones fail first."""
    items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Each reason for skipped tests once, with their number."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"skipped {count}: {reason}")
