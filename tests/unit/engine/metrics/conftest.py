"""Every test of the metric runs with both back ends."""

from __future__ import annotations

import pytest

from oimg.engine.metrics import back_end


@pytest.fixture(params=["numpy", "native"], autouse=True)
def in_use(request, monkeypatch):
    """The name of the back end that the test runs with."""
    if request.param == "native" and not back_end.is_native_there():
        pytest.skip("THE C KERNEL IS NOT BUILT, nothing native is tested: pip install -e . builds it with a C compiler")
    monkeypatch.setenv(back_end.VARIABLE, request.param)
    return request.param
