"""Build hook of hatchling: compiles the metric's C kernel into the wheel where a C compiler is, and else goes without.

With the kernel the wheel is for this platform and for every CPython from 3.11 on (cp311-abi3); without it, it is for
all (py3-none-any), and only slower. An editable install gets the kernel beside its sources.
"""

from __future__ import annotations

import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext

_METRICS = "oimg/engine/metrics"
# No flag that lets the compiler change results: both only promise that nobody looks at errno or at traps.
_ARGUMENTS = {
    "unix": ["-std=c99", "-O3", "-g0", "-fno-math-errno", "-fno-trapping-math", "-fvisibility=hidden"],
    "mingw32": ["-std=c99", "-O3", "-fno-math-errno", "-fno-trapping-math"],
    "msvc": ["/O2", "/std:c11"],
}


class KernelHook(BuildHookInterface[Any]):
    """Adds the kernel to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and put the binary where it is found; `version` is "standard" or "editable"."""
        beside = Path(self.root, "src", _METRICS)
        self._folder = tempfile.TemporaryDirectory(prefix="oimg-kernel-")
        try:
            built = _compile(beside / "kernel", Path(self._folder.name))
        except Exception as error:  # noqa: BLE001  (whatever a compiler, or none, raises: OIMG works without)
            self.app.display_warning(f"OIMG goes without its C kernel, scores take longer: {str(error).strip():.100}")
            return
        if version == "editable":
            fresh = beside / f"{built.name}.new"
            shutil.copyfile(built, fresh)
            fresh.replace(beside / built.name)
            return
        build_data["force_include"][str(built)] = f"{_METRICS}/{built.name}"
        build_data["pure_python"] = False
        platform = self.build_config.builder.get_best_matching_tag().rsplit("-", 1)[-1]
        build_data["tag"] = f"cp311-abi3-{platform}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was built."""
        self._folder.cleanup()


class _BuildKernel(build_ext):
    def build_extension(self, ext: Extension) -> None:
        ext.extra_compile_args = _ARGUMENTS.get(self.compiler.compiler_type, [])
        super().build_extension(ext)


def _compile(sources: Path, folder: Path) -> Path:
    """The binary, somewhere in `folder`. Raises whatever the compiler or its absence does."""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        message = "this Python has no limited API"
        raise RuntimeError(message)
    kernel = Extension(
        "_kernel",
        sources=sorted(str(path) for path in sources.glob("*.c")),
        depends=sorted(str(path) for path in sources.glob("*.h")),
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        py_limited_api=True,
    )
    command = _BuildKernel(Distribution({"name": "kernel", "ext_modules": [kernel]}))
    command.build_lib = str(folder / "lib")
    command.build_temp = str(folder / "temp")
    command.ensure_finalized()
    command.run()
    (built,) = (path for path in Path(command.build_lib).iterdir() if path.suffix in {".so", ".pyd"})
    return built
