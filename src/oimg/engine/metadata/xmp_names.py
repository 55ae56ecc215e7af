"""XMP namespaces: their usual prefixes, and what their properties are about.

Source: Adobe XMP specification part 2 (2016), IPTC Photo Metadata Standard 2023.1, CIPA DC-010 (Exif in XMP),
Metadata Working Group guidelines 2.0 (regions), and what Microsoft, Google and DJI document of their own.
"""

from __future__ import annotations

from oimg.engine.metadata.exif_tags import group_of_name
from oimg.words.privacy import MetadataGroup

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
X = "adobe:ns:meta/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"

_G = MetadataGroup

# Prefix, and the group of whatever the table below does not name.
NAMESPACES: dict[str, tuple[str, MetadataGroup]] = {
    RDF: ("rdf", _G.OTHER),
    XML: ("xml", _G.OTHER),
    X: ("x", _G.OTHER),
    TIFF: ("tiff", _G.RENDERING),
    EXIF: ("exif", _G.EXPOSURE),
    "http://cipa.jp/exif/1.0/": ("exifEX", _G.EXPOSURE),
    "http://ns.adobe.com/exif/1.0/aux/": ("aux", _G.DEVICE),
    "http://purl.org/dc/elements/1.1/": ("dc", _G.DESCRIPTION),
    XMP: ("xmp", _G.OTHER),
    "http://ns.adobe.com/xap/1.0/mm/": ("xmpMM", _G.HISTORY),
    "http://ns.adobe.com/xap/1.0/rights/": ("xmpRights", _G.OTHER),
    "http://ns.adobe.com/xap/1.0/bj/": ("xmpBJ", _G.HISTORY),
    "http://ns.adobe.com/xap/1.0/g/img/": ("xmpGImg", _G.THUMBNAIL),
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": ("stEvt", _G.HISTORY),
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": ("stRef", _G.HISTORY),
    "http://ns.adobe.com/xap/1.0/sType/Dimensions#": ("stDim", _G.OTHER),
    "http://ns.adobe.com/xmp/sType/Area#": ("stArea", _G.PEOPLE),
    "http://ns.adobe.com/photoshop/1.0/": ("photoshop", _G.OTHER),
    "http://ns.adobe.com/camera-raw-settings/1.0/": ("crs", _G.HISTORY),
    "http://ns.adobe.com/camera-raw-saved-settings/1.0/": ("crss", _G.HISTORY),
    "http://ns.adobe.com/lightroom/1.0/": ("lr", _G.DESCRIPTION),
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": ("Iptc4xmpCore", _G.DESCRIPTION),
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": ("Iptc4xmpExt", _G.DESCRIPTION),
    "http://ns.useplus.org/ldf/xmp/1.0/": ("plus", _G.OWNER),
    "http://creativecommons.org/ns#": ("cc", _G.OTHER),
    "http://www.metadataworkinggroup.com/schemas/regions/": ("mwg-rs", _G.PEOPLE),
    "http://www.metadataworkinggroup.com/schemas/keywords/": ("mwg-kw", _G.DESCRIPTION),
    "http://www.metadataworkinggroup.com/schemas/collections/": ("mwg-coll", _G.DESCRIPTION),
    "http://ns.apple.com/faceinfo/1.0/": ("apple-fi", _G.PEOPLE),
    "http://ns.microsoft.com/photo/1.0": ("MicrosoftPhoto", _G.DESCRIPTION),
    "http://ns.microsoft.com/photo/1.0/": ("MicrosoftPhoto", _G.DESCRIPTION),
    "http://ns.microsoft.com/photo/1.2/": ("MP", _G.PEOPLE),
    "http://ns.microsoft.com/photo/1.2/t/RegionInfo#": ("MPRI", _G.PEOPLE),
    "http://ns.microsoft.com/photo/1.2/t/Region#": ("MPReg", _G.PEOPLE),
    "http://www.digikam.org/ns/1.0/": ("digiKam", _G.DESCRIPTION),
    "http://ns.acdsee.com/iptc/1.0/": ("acdsee", _G.DESCRIPTION),
    "http://ns.google.com/photos/1.0/panorama/": ("GPano", _G.RENDERING),
    "http://ns.google.com/photos/1.0/image/": ("GImage", _G.THUMBNAIL),
    "http://ns.google.com/photos/1.0/depthmap/": ("GDepth", _G.THUMBNAIL),
    "http://ns.google.com/photos/1.0/camera/": ("GCamera", _G.OTHER),
    "http://ns.google.com/photos/1.0/container/": ("Container", _G.OTHER),
    "http://ns.adobe.com/hdr-gain-map/1.0/": ("hdrgm", _G.RENDERING),
    "http://ns.adobe.com/xmp/note/": ("xmpNote", _G.OTHER),
    "http://www.dji.com/drone-dji/1.0/": ("drone-dji", _G.DEVICE),
}

_NAMED: dict[MetadataGroup, str] = {
    _G.OWNER: """dc:creator dc:contributor dc:publisher photoshop:Source photoshop:AuthorsPosition
        photoshop:CaptionWriter Iptc4xmpCore:CreatorContactInfo aux:OwnerName
        xmpRights:Certificate cc:attributionName cc:attributionURL acdsee:author xmp:Author""",
    _G.COPYRIGHT: """dc:rights xmpRights:Marked xmpRights:Owner xmpRights:UsageTerms xmpRights:WebStatement
        cc:license""",
    _G.CREDIT: "photoshop:Credit",
    _G.LOCATION: """dc:coverage photoshop:City photoshop:State photoshop:Country Iptc4xmpCore:Location
        Iptc4xmpCore:CountryCode Iptc4xmpExt:LocationCreated Iptc4xmpExt:LocationShown
        drone-dji:AbsoluteAltitude drone-dji:RelativeAltitude""",
    _G.PEOPLE: """Iptc4xmpExt:PersonInImage Iptc4xmpExt:PersonInImageWDetails Iptc4xmpExt:ImageRegion
        Iptc4xmpExt:OrganisationInImageName Iptc4xmpExt:OrganisationInImageCode""",
    _G.CAPTURE_DATE: "photoshop:DateCreated",
    _G.DATES: "dc:date xmp:CreateDate xmp:ModifyDate xmp:MetadataDate MicrosoftPhoto:DateAcquired",
    _G.SOFTWARE: "xmp:CreatorTool x:xmptk",
    _G.HISTORY: """dc:identifier dc:source dc:relation xmp:Identifier photoshop:History
        photoshop:DocumentAncestors photoshop:SidecarForExtension photoshop:TransmissionReference
        Iptc4xmpExt:DigImageGUID Iptc4xmpExt:DigitalSourceType rdf:about""",
    _G.DESCRIPTION: """xmp:Rating xmp:Label xmp:Nickname photoshop:Headline photoshop:Instructions
        photoshop:Category photoshop:SupplementalCategories photoshop:Urgency photoshop:TextLayers""",
    _G.DEVICE: "MicrosoftPhoto:CameraSerialNumber MicrosoftPhoto:LensManufacturer MicrosoftPhoto:LensModel",
    _G.THUMBNAIL: "xmp:Thumbnails",
    _G.RENDERING: "dc:format photoshop:ICCProfile photoshop:ColorMode",
}
_GROUP_OF = {name: group for group, names in _NAMED.items() for name in names.split()}

STATE = frozenset(
    f"{prefix}:{name}"
    for prefix in ("tiff", "exif")
    for name in ("Orientation", "ImageWidth", "ImageLength", "PixelXDimension", "PixelYDimension")
)
"""Sizes and orientation: they follow the pixels, so losing or changing them takes nothing away."""

EXTENDED_XMP = "xmpNote:HasExtendedXMP"
"""Says that more lies in other segments of a JPEG file, which is made anew by whoever writes them."""

# In namespaces nobody described, the name of a property is the best hint; the first match counts.
_HINTS: tuple[tuple[str, MetadataGroup], ...] = (
    ("gps latitude longitude altitude location city country", _G.LOCATION),
    ("serial lens camera firmware", _G.DEVICE),
    ("owner author artist creator", _G.OWNER),
    ("person face people", _G.PEOPLE),
)


def qualified(namespace: str, name: str) -> str:
    """Return "prefix:name" with the usual prefix; the bare name where the namespace is unknown."""
    known = NAMESPACES.get(namespace)
    return f"{known[0]}:{name}" if known else name


def group_of(namespace: str, name: str) -> MetadataGroup:
    """Return what a property is about."""
    full = qualified(namespace, name)
    if full in _GROUP_OF:
        return _GROUP_OF[full]
    if namespace in NAMESPACES:
        prefix, usual = NAMESPACES[namespace]
        mirrored = group_of_name(name) if prefix in ("tiff", "exif", "exifEX", "aux") else None
        if mirrored is not None:
            return mirrored
        if prefix != "drone-dji":
            return usual
    lowered = name.lower()
    for words, group in _HINTS:
        if any(word in lowered for word in words.split()):
            return group
    return NAMESPACES.get(namespace, ("", _G.OTHER))[1]
