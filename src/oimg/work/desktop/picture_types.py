"""Media types that OIMG does not open, for menus that can only be told which types to exclude."""

from __future__ import annotations

from typing import Final

from oimg.words.file_types import ALL_MEDIA_TYPES

OTHER_KINDS: Final = (
    *("application", "audio", "chemical", "font", "message", "model", "multipart", "text", "video"),
    *("x-content", "x-epoc"),
)
"""The kinds of media types that hold no picture of ours."""
# The image types of shared-mime-info 2.2. For types that a later version adds, the entry is shown, and OIMG says that
# it does not know the format.
_KNOWN: Final = """
astc cgm dpx emf g3fax ief jp2 jpm jpx ktx ktx2 openraster rle svg+xml svg+xml-compressed
vnd.adobe.photoshop vnd.djvu vnd.djvu+multipage vnd.dwg vnd.dxf vnd.ms-modi vnd.rn-realpix vnd.wap.wbmp
vnd.zbrush.pcx wmf x-3ds x-adobe-dng x-applix-graphics x-bzeps x-canon-cr2 x-canon-cr3 x-canon-crw
x-cmu-raster x-compressed-xcf x-dcraw x-dds x-dib x-eps x-exr x-fpx x-fuji-raf x-gimp-gbr x-gimp-gih
x-gimp-pat x-gzeps x-icns x-ilbm x-jng x-jp2-codestream x-kodak-dcr x-kodak-k25 x-kodak-kdc x-lwo x-lws
x-macpaint x-minolta-mrw x-msod x-niff x-nikon-nef x-nikon-nrw x-olympus-orf x-panasonic-rw x-panasonic-rw2
x-pentax-pef x-photo-cd x-pict x-quicktime x-rgb x-sgi x-sigma-x3f x-skencil x-sony-arw x-sony-sr2
x-sony-srf x-sun-raster x-tga x-tiff-multipage x-win-bitmap x-xbitmap x-xcf x-xcursor x-xfig x-xpixmap
x-xwindowdump
"""
OTHER_PICTURES: Final = tuple(name for name in _KNOWN.split() if f"image/{name}" not in ALL_MEDIA_TYPES)
