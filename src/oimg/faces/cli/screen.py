"""What people see on a terminal: a line per file, a progress bar with the time left, a summary."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Final, TextIO

from oimg.faces.cli.columns import padded, shortened
from oimg.faces.messages import _, labelled, listed, ngettext, notice, number, printable, reason, seconds, share, size
from oimg.faces.verdicts import headings
from oimg.words.report import Failed, Kept, Notice, Optimized, Record, Report, Stopped

_GREEN, _YELLOW, _RED, _DIM, _PLAIN = "\033[32m", "\033[33m", "\033[31m", "\033[2m", "\033[0m"
_NAME_WIDTH: Final = 40


def wants_color(stream: TextIO) -> bool:
    """Colours on a terminal only, and never where NO_COLOR is set (no-color.org)."""
    return takes_escapes(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def takes_escapes(stream: TextIO) -> bool:
    """Whether escape sequences work: on every terminal, except Windows consoles that refuse them."""
    if not stream.isatty():
        return False
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415
        import msvcrt  # noqa: PLC0415

        process_escapes = 4  # ENABLE_VIRTUAL_TERMINAL_PROCESSING, consoleapi.h
        console, mode = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno())), ctypes.c_ulong()
        kernel = ctypes.windll.kernel32
        known = kernel.GetConsoleMode(console, ctypes.byref(mode))
        return bool(known and kernel.SetConsoleMode(console, mode.value | process_escapes))
    return True


class Table:
    """One line per file: mark, name, before and after, saved, score, reason."""

    def __init__(self, out: TextIO, *, verbose: bool) -> None:
        self._out = out
        self._color = wants_color(out)
        self._verbose = verbose

    def row(self, record: Record) -> None:
        """Print one outcome."""
        mark, tint = _mark(record)
        if self._color:
            mark = f"{tint}{mark}{_PLAIN}"
        print(f"{mark} {_name(record.outcome.path)}  {_facts(record)}", file=self._out)
        if self._verbose:
            for text in _notes(record):
                print(f"{_DIM if self._color else ''}    {text}{_PLAIN if self._color else ''}", file=self._out)

    def summary(self, report: Report) -> None:
        """Print the totals."""
        parts = [
            ngettext("{} optimized", "{} optimized", n).format(n)
            if kind is Optimized
            else ngettext("{} kept", "{} kept", n).format(n)
            if kind is Kept
            else ngettext("{} failed", "{} failed", n).format(n)
            if kind is Failed
            else ngettext("{} stopped", "{} stopped", n).format(n)
            for kind in (Optimized, Kept, Failed, Stopped)
            if (n := report.count(kind)) or kind is Optimized
        ]
        before, after = report.source_bytes, report.output_bytes
        text = _("{counts}: {before} → {after} ({share}), saved {saved}, {time}")
        sizes = {"before": size(before), "after": size(after), "saved": size(before - after)}
        told = text.format(
            counts=listed(parts), share=share(before, after) or "0 %", time=seconds(report.seconds), **sizes
        )
        print(told, file=self._out)


def _mark(record: Record) -> tuple[str, str]:
    match record.outcome:
        case Optimized():
            return "✓", _GREEN
        case Kept():
            return "=", _DIM
        case Failed():
            return "✗", _RED
        case Stopped():
            return "-", _YELLOW


def _name(path: Path) -> str:
    return padded(shortened(printable(path.name), _NAME_WIDTH), _NAME_WIDTH)


def _facts(record: Record) -> str:
    outcome = record.outcome
    match outcome:
        case Optimized(source=source, output_bytes=after, score=score):
            before = source.byte_size
            sizes = f"{size(before):>9} → {size(after):>9}  {share(before, after):>8}"
            quality = (
                _("lossless")
                if score == 100
                else ""
                if score is None
                else _("score {number}").format(number=number(score, 1))
            )
            # The name is news only where it is another one.
            name = "" if outcome.output.name == outcome.path.name else f"→ {printable(outcome.output.name)}"
            if (outcome.width, outcome.height) != source.header.upright_size:
                name = f"{_('{width} × {height}').format(width=outcome.width, height=outcome.height)}  {name}"
            return f"{sizes}  {padded(quality, 10)}  {name}".rstrip()
        case Kept(source=source):
            before_text = f"{size(source.byte_size):>9}  " if source is not None else ""
            # Worth a word even without --verbose: the copy may be made to be shared.
            told = f"{_('; ')}{notice(Notice.METADATA_STAYS)}" if Notice.METADATA_STAYS in outcome.warnings else ""
            return f"{before_text}{labelled(_('kept'), reason(outcome))}{told}"
        case Failed():
            return labelled(_("failed"), reason(outcome))
        case Stopped():
            return _("stopped")


def _notes(record: Record) -> list[str]:
    outcome = record.outcome
    if not isinstance(outcome, Optimized | Kept):
        return []
    notes = [notice(each) for each in outcome.warnings]
    if isinstance(outcome, Optimized) and outcome.removed:
        notes.append(labelled(_("removed"), listed(headings(outcome.removed))))
    if outcome.output is not None:
        notes.append(f"→ {printable(str(outcome.output))}")
    return notes


class Progress:
    """A bar on a terminal's standard error: files, share of the pixels, time left. Silent anywhere else."""

    def __init__(self, stream: TextIO, *, enabled: bool = True) -> None:
        self._stream = stream
        self._on = enabled and takes_escapes(stream)
        self._began = time.monotonic()
        self._drawn = 0.0

    def looking(self, count: int) -> None:
        """Show how many files have been probed so far."""
        if self._due():
            self._draw(labelled(_("looking at files"), str(count)))

    def working(self, finished: int, files: int, share_done: float) -> None:
        """Show the progress of a batch; `share_done` (0 to 1) is measured in pixels."""
        if not self._due():
            return
        width = max(10, min(30, shutil.get_terminal_size().columns - 40))
        bar = "█" * round(width * share_done)
        self._draw(f"{bar:░<{width}} {finished}/{files}  {100 * share_done:3.0f} %{self._time_left(share_done)}")

    def clear(self) -> None:
        """Wipe the bar, so that a line can be printed."""
        if self._on and self._drawn:
            self._stream.write("\r\033[K")
            self._stream.flush()
            self._drawn = 0.0

    def start(self) -> None:
        """Estimate the time left from this moment on."""
        self._began = time.monotonic()

    def _time_left(self, done: float) -> str:
        passed = time.monotonic() - self._began
        if done < 0.02 or passed < 1:
            return ""
        return f"  {_('about {} left').format(seconds(passed / done * (1 - done)))}"

    def _due(self) -> bool:
        return self._on and time.monotonic() - self._drawn > 0.1

    def _draw(self, text: str) -> None:
        self._stream.write(f"\r\033[K{text}")
        self._stream.flush()
        self._drawn = time.monotonic()


def drop_stdout() -> None:
    """Discard further standard output, after its reader has closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def stderr(text: str) -> None:
    """Print a message for the person, beside the results."""
    print(text, file=sys.stderr)
