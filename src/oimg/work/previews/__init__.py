"""Pictures before and after, as the window shows them."""

from oimg.work.previews.previews import Previews

__all__ = ["Previews"]
