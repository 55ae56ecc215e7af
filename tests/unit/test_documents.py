"""Documents keep up with the code: links lead somewhere, codes and dependencies are told, budgets are kept."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from oimg.words.errors import ErrorCode
from oimg.words.report import KeptCode, Notice
from oimg.words.undo import RefusalCode

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "*/README.md") for path in ROOT.glob(pattern) if path.is_file()
)
MODULES = sorted((ROOT / "src" / "oimg").rglob("*.py"))
LONGEST_FILE = 350
LONGEST_FUNCTION = 60
TOO_LONG: dict[str, int] = {}  # path below src/oimg to lines: known exceptions


def links_of(document: Path) -> list[str]:
    """Targets of inline links, code left out."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\(([^()\s]+)\)", text)


def anchors_of(document: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def names_of_dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    lines += [line for group in project["dependency-groups"].values() for line in group if isinstance(line, str)]
    return sorted({re.split(r"[<>=!~;\[ ]", line)[0] for line in lines})


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in links_of(document):
        if link.startswith(("https://", "http://")):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors_of(target), link


@pytest.mark.parametrize("code", [*KeptCode, *Notice, *ErrorCode, *RefusalCode])
def test_every_code_is_in_the_architecture(code: str) -> None:
    assert f"| `{code}` |" in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_no_code_in_the_architecture_is_made_up() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.partition("\n## Codes\n")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE)
    assert sorted(told) == sorted([*KeptCode, *Notice, *ErrorCode, *RefusalCode])


@pytest.mark.parametrize("name", names_of_dependencies())
def test_every_dependency_has_its_section(name: str) -> None:
    titles = re.findall(r"^###? (.+)$", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert any(name in title.split(", ") for title in titles)


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md")]
    assert len(numbers) == len(set(numbers))
    for path in (ROOT / "docs" / "adr").glob("*.md"):
        assert path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. "), path.name


def test_documents_cited_in_the_code_exist() -> None:
    for module in MODULES:
        for cited in re.findall(r"\b((?:docs|benchmarks)/[\w/-]+\.(?:md|py))", module.read_text(encoding="utf-8")):
            assert (ROOT / cited).is_file(), f"{module.name}: {cited}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src" / "oimg")))
def test_budgets(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    name = module.relative_to(ROOT / "src" / "oimg").as_posix()
    assert lines <= TOO_LONG.get(name, LONGEST_FILE)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name}: {length} lines"
