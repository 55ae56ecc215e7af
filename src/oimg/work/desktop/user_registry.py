"""The registry of the present user. For Windows only; tests on other systems do not run it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

assert sys.platform == "win32"  # noqa: S101 - what type checkers go by

import winreg  # noqa: E402


class UserRegistry:
    """Keys below HKEY_CURRENT_USER; values that are not text count as changed by somebody else."""

    def values(self, key: str) -> Mapping[str, str] | None:
        """Give what a key holds; None where there is no such key."""
        return _values(winreg.HKEY_CURRENT_USER, key)

    def values_for_all(self, key: str) -> Mapping[str, str] | None:
        """Give what a key below HKEY_LOCAL_MACHINE holds; None where there is no such key."""
        return _values(winreg.HKEY_LOCAL_MACHINE, key)

    def keys(self, key: str) -> Sequence[str]:
        """Give the names of the keys right below a key."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return [winreg.EnumKey(opened, each) for each in range(winreg.QueryInfoKey(opened)[0])]
        except FileNotFoundError:
            return ()

    def write(self, key: str, values: Mapping[str, str]) -> None:
        """Make a key, and those above it, that holds just this. Raises OSError."""
        before = self.values(key) or {}
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
            for name in before.keys() - values.keys():
                winreg.DeleteValue(opened, name)
            for name, value in values.items():
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str) -> None:
        """Remove a key that has none below it. Raises OSError."""
        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)


def _values(hive: int, key: str) -> Mapping[str, str] | None:
    try:
        with winreg.OpenKey(hive, key) as opened:
            told = (winreg.EnumValue(opened, each) for each in range(winreg.QueryInfoKey(opened)[1]))
            return {name: str(value) for name, value, _ in told}
    except FileNotFoundError:
        return None
