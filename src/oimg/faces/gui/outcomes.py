"""The outcomes of a batch, grouped: files that ended alike, and why. Values and words, no widgets."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from oimg.faces.gui.wording import sentence, why_kept
from oimg.faces.messages import _, error, ngettext, number, seconds, share, size
from oimg.words.report import Failed, Kept, KeptCode, Optimized, Outcome, Report, Stopped

# There was nothing to gain, and nothing is wrong with these files.
_SMALL: Final = frozenset(
    {
        *(KeptCode.NOT_SMALLER, KeptCode.BELOW_GATE, KeptCode.ALREADY_OPTIMIZED, KeptCode.WITHIN_SIZE),
        *(KeptCode.LOSSLESS, KeptCode.OWN_RESULT),
    }
)


class End(StrEnum):
    """How the work on a file can end. The values are names of icons, too."""

    OPTIMIZED = "optimized"
    SMALL = "small"
    KEPT = "kept"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some files ended as they did; `ids` are those of their rows."""

    text: str
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Group:
    """Files that ended alike."""

    end: End
    ids: frozenset[int]
    reasons: tuple[Reason, ...] = ()

    @property
    def text(self) -> str:
        """Say how many files these are, and how they ended."""
        count = len(self.ids)
        text = {
            End.OPTIMIZED: ngettext("{count} file optimized", "{count} files optimized", count),
            End.SMALL: ngettext(
                "{count} file is already as small as it gets", "{count} files are already as small as they get", count
            ),
            End.KEPT: ngettext("{count} file kept as it is", "{count} files kept as they are", count),
            End.FAILED: ngettext("{count} file failed", "{count} files failed", count),
            End.STOPPED: ngettext("{count} file stopped", "{count} files stopped", count),
        }[self.end]
        return text.format(count=number(count))


@dataclass(frozen=True, slots=True)
class Summary:
    """A batch, and the rows that it worked on, in the order of its report."""

    report: Report
    rows: tuple[int, ...]
    groups: tuple[Group, ...]
    before: int
    after: int
    """Bytes of all sources that were optimized or kept, and of their results."""

    def ids(self, *ends: End) -> frozenset[int]:
        """Give the rows that ended like this."""
        return frozenset(id_ for group in self.groups if group.end in ends for id_ in group.ids)

    @property
    def saved(self) -> int:
        """Bytes that are saved."""
        return self.before - self.after

    @property
    def headline(self) -> str:
        """What was saved, in a few words."""
        if self.saved > 0:
            return _("{size} saved").format(size=size(self.saved))
        if self.saved < 0:
            return _("{size} more").format(size=size(-self.saved))
        if self.ids(End.OPTIMIZED, End.SMALL):
            return _("Nothing left to save")
        return _("Nothing was optimized")

    @property
    def share(self) -> str:
        """Say how much smaller all is: −63 %; empty where nothing changed."""
        if not self.saved:
            return ""
        return share(self.before, self.after).replace("-", "−")

    @property
    def facts(self) -> str:
        """Say how much there was, how much there is, and how long it took."""
        count = len(self.report.records)
        words = {"count": number(count), "time": seconds(self.report.seconds)}
        if not self.before:
            return ngettext("{count} file in {time}", "{count} files in {time}", count).format(**words)
        text = ngettext(
            "{before} → {after} · {count} file in {time}", "{before} → {after} · {count} files in {time}", count
        )
        return text.format(**words, before=size(self.before), after=size(self.after))

    @property
    def sentence(self) -> str:
        """Say all of it in one sentence, for a line and for a notification."""
        count = len(self.ids(End.OPTIMIZED))
        text = ngettext("{count} file optimized, {headline}.", "{count} files optimized, {headline}.", count)
        text = (text if count else _("{headline}.")).format(count=number(count), headline=self.headline)
        failed = next((group.text for group in self.groups if group.end is End.FAILED), "")
        return _("{sentence} {failed}.").format(sentence=text, failed=failed) if failed else text


def summed_up(report: Report, ids: Sequence[int]) -> Summary:
    """Group the outcomes of a batch; `ids` are those of its rows, in its order."""
    ends: dict[End, dict[str, set[int]]] = {}
    for id_, record in zip(ids, report.records, strict=True):
        reasons = ends.setdefault(end_of(record.outcome), {})
        reasons.setdefault(_why(record.outcome), set()).add(id_)
    return Summary(report, tuple(ids), tuple(_groups(ends)), report.source_bytes, report.output_bytes)


def without(summary: Summary, back: AbstractSet[Path]) -> Summary | None:
    """What is left of a batch when these originals are back; None if no result is."""
    pairs = list(zip(summary.rows, summary.report.records, strict=True))
    # An original behind a link is told as itself. Asking for each of very many whether it is one takes long.
    linked = bool(back - {record.outcome.path for _id, record in pairs})
    left = [(id_, record) for id_, record in pairs if not _is_back(record.outcome, back, linked=linked)]
    if not any(isinstance(record.outcome, Optimized) for _id, record in left):
        return None
    return summed_up(
        replace(summary.report, records=tuple(record for _id, record in left)), [id_ for id_, _record in left]
    )


def _is_back(outcome: Outcome, back: AbstractSet[Path], *, linked: bool) -> bool:
    if not isinstance(outcome, Optimized):
        return False
    return outcome.path in back or (linked and Path(os.path.realpath(outcome.path)) in back)


def _groups(ends: dict[End, dict[str, set[int]]]) -> Iterator[Group]:
    for end in End:
        if end in ends:
            most_first = sorted(ends[end].items(), key=lambda each: -len(each[1]))
            reasons = tuple(Reason(text, frozenset(ids)) for text, ids in most_first if text)
            yield Group(end, frozenset[int]().union(*ends[end].values()), reasons)


def end_of(outcome: Outcome) -> End:
    """Say how the work on a file ended."""
    match outcome:
        case Optimized():
            return End.OPTIMIZED
        case Kept(code=code):
            return End.SMALL if code in _SMALL else End.KEPT
        case Failed():
            return End.FAILED
        case Stopped():
            return End.STOPPED


def _why(outcome: Outcome) -> str:
    """Say why, without what is of this file alone; empty where the end says it all."""
    match outcome:
        case Kept(code=KeptCode.NOT_SMALLER | KeptCode.ALREADY_OPTIMIZED) | Optimized() | Stopped():
            return ""
        case Kept(code=code):
            return why_kept(code)
        case Failed(code=code):
            return sentence(error(code))
