"""Pytest plugin: no test opens a network socket, leaves a thread running or leaves a child process behind.

Loaded by `-p oimg_guard` in pyproject.toml, so before any conftest and in every pytest-xdist worker. The
guard of the product is armed while this module is imported: what a test cannot do, the program cannot either.

* An attempt made in Python is refused by the audit hook and fails the test that made it, even when the test
  swallows the exception, skips or is an expected failure; `@pytest.mark.expects_refusal` allows it.
* An attempt that goes around Python (ctypes, Qt, a child process) gets EAFNOSUPPORT from the kernel. Nobody
  tells the plugin of it: a test that needs the socket fails because it has none.
* Threads that are not daemons, and on Linux child processes, must be gone when the test's fixtures are. What
  a fixture of a wider scope than "function" starts while it is set up may stay.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from oimg.words import netguard

netguard.arm()

# How long threads and children may take to end after the last fixture is gone, in seconds.
GRACE = 2.0

# A thread, or the process number of a child.
Worker = threading.Thread | int

# The workers that do not count as left behind by the test that runs now.
_known: set[Worker] = set()


def pytest_configure() -> None:
    """Refuse to run tests that nothing guards."""
    if not netguard.state()[0].armed:
        raise pytest.UsageError("the network guard could not be armed: its audit hook does not refuse")


def pytest_report_header() -> list[str]:
    """Say what guards this run."""
    layers = netguard.state()
    return [f"{name}: {'armed' if armed else 'NOT ARMED'} ({detail})" for name, armed, detail in layers[:2]]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, pytest.CollectReport]:
    """Fail the collection of a module that tries the network while it is imported."""
    report: pytest.CollectReport = yield
    tried = _take_refusals()
    if tried:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} tried the network while it was collected: {tried}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    """Take stock of what runs before any fixture of the test does."""
    _known.clear()
    _known.update(_workers())
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """Let fixtures that outlive the test keep what they start."""
    before = _workers()
    result = yield
    if fixturedef.scope != "function":
        _known.update(_workers() - before)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, pytest.TestReport]:
    """Turn the report of a phase into a failure when the phase broke a promise.

    Outermost of all wrappers, so that neither a skip nor an xfail can cover it up.
    """
    report: pytest.TestReport = yield
    faults = []
    tried = _take_refusals()
    if tried and item.get_closest_marker("expects_refusal") is None:
        faults.append(f"The network guard refused what this test tried: {tried}")
    if report.when == "teardown":
        faults += [f"This test left {_describe(worker)} behind" for worker in _left_behind()]
    if faults:
        _fail(report, "\n".join(faults))
    return report


def _fail(report: pytest.TestReport, message: str) -> None:
    if report.failed:
        report.sections.append(("network guard", message))
        return
    report.outcome = "failed"
    report.longrepr = message
    # What marks an expected failure; without it the failure counts.
    vars(report).pop("wasxfail", None)


def _take_refusals() -> str:
    names = netguard.refusals()
    netguard.forget_refusals()
    return ", ".join(names)


def _left_behind() -> set[Worker]:
    """Wait a little for what the test started to end; return what did not. Children are then killed.

    A child that hangs would keep the pipes of this process open, and with them the whole run.
    """
    deadline = time.monotonic() + GRACE
    while (left := _workers() - _known) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _describe(worker: Worker) -> str:
    """Name a worker for the person who has to find it, and end it if it is a child."""
    if isinstance(worker, threading.Thread):
        return f"the running thread {worker.name!r} (not a daemon)"
    try:
        command = Path(f"/proc/{worker}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        # Not reaped by anyone, so the number is still this child's.
        os.kill(worker, signal.SIGKILL)
    except OSError:
        command = "ended meanwhile"
    return f"the child process {worker} ({command.strip()})"


def _workers() -> set[Worker]:
    """All threads Python knows that would keep the interpreter from ending, and all running children."""
    threads = {thread for thread in threading.enumerate() if not thread.daemon}
    return threads | _children()


def _children() -> set[int]:
    """Children of any thread of this process that still run (proc_tid_children(5)); none but on Linux."""
    if sys.platform != "linux":
        return set()
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found.update(int(number) for number in (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue  # the thread ended, or the kernel was built without CONFIG_PROC_CHILDREN
    return {child for child in found if _runs(child)}


def _runs(child: int) -> bool:
    """Tell a running child from one that has ended and waits to be asked for its exit code."""
    try:
        stat = Path(f"/proc/{child}/stat").read_text(errors="replace")
    except OSError:
        return False
    # pid (name) state ..., and the name may hold parentheses itself (proc_pid_stat(5))
    return stat.rpartition(")")[2].split()[0] not in "ZX"
