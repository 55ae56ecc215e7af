"""The vault while another process tidies it up."""

from __future__ import annotations

from pathlib import Path

import pytest

from oimg.work.files import temp
from oimg.work.safety.vault import Vault, digest_of


def test_a_folder_that_another_process_drops_just_now_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, data = Vault(tmp_path / "backups"), b"an original"
    digest = digest_of(data)
    write, calls = temp.write, []

    def dropped_first(bytes_: bytes, folder: Path, *rest: object, **options: object) -> temp.Temp:
        calls.append(folder)
        if len(calls) == 1:
            folder.rmdir()
        return write(bytes_, folder, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(temp, "write", dropped_first)
    vault.store(data, digest, lambda _: None)
    assert vault.load(digest) == data
    assert calls == [vault.path(digest).parent] * 2
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest]


def test_a_folder_that_cannot_stay_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> temp.Temp:
        raise FileNotFoundError

    monkeypatch.setattr(temp, "write", gone)
    with pytest.raises(FileNotFoundError):
        Vault(tmp_path).store(b"an original", digest_of(b"an original"), lambda _: None)
