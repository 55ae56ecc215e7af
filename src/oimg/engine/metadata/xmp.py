"""An XMP packet: its properties, a fresh packet from some of them, and corrections in place.

Nothing here raises, whatever the bytes. Source: Adobe XMP specification parts 1 (2012, serialization) and 3
(2020, packets in files).
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from html import escape
from xml.etree import ElementTree as ET

from oimg.engine.metadata.jpeg_streams import bare
from oimg.engine.metadata.xmp_names import NAMESPACES, RDF, XML, X, group_of, qualified
from oimg.words.privacy import MetadataGroup

MAX_BYTES = 8 << 20
"""The largest packet that is parsed; depth maps hidden in extended XMP stay under it."""

_MAX_ELEMENTS = 100_000
_MAX_DEPTH = 64
_ARRAYS = (f"{{{RDF}}}Bag", f"{{{RDF}}}Seq", f"{{{RDF}}}Alt")
_LI, _LANG, _RESOURCE = f"{{{RDF}}}li", f"{{{XML}}}lang", f"{{{RDF}}}resource"
_SYNTAX = {f"{{{RDF}}}{name}" for name in ("about", "ID", "nodeID", "parseType", "datatype")}
_JPEG_IN_BASE64 = "/9j/"  # FF D8 FF
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,35}")


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a packet.

    `leaves` are all texts in it, each with the name of the field (or the language) it belongs to.
    `element` is where it was read from, None for the attribute form.
    """

    namespace: str
    name: str
    leaves: tuple[tuple[str, str], ...]
    element: ET.Element | None = field(default=None, compare=False)

    @property
    def qualified(self) -> str:
        """The name with its usual prefix."""
        return qualified(self.namespace, self.name)

    @property
    def group(self) -> MetadataGroup:
        """What the property is about."""
        return group_of(self.namespace, self.name)


class _BoundedBuilder(ET.TreeBuilder):
    """Builds no tree that is too deep or too large to walk."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        self._elements += 1
        if self._depth > _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise ValueError("XMP too deep or too large")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def parse(packet: bytes) -> tuple[Property, ...] | None:
    """Return the properties of a packet in its own order; None where it cannot be read.

    A packet with a document type or entity declaration is refused, as is one above `MAX_BYTES`.
    """
    if len(packet) > MAX_BYTES:
        return None
    text = packet.decode(encoding(packet), errors="replace").strip("\ufeff\0 \t\r\n")
    loud = text.upper()
    if "<!DOCTYPE" in loud or "<!ENTITY" in loud:
        return None
    root = _tree(text)
    if root is None:
        # Extended XMP may lie behind the main packet: two documents in one. Without their processing
        # instructions both fit into a root of our own.
        root = _tree(f"<all>{_without_instructions(text)}</all>")
    return None if root is None else tuple(_properties(root))


def _tree(text: str) -> ET.Element | None:
    parser = ET.XMLParser(target=_BoundedBuilder())  # noqa: S314 - no declarations reach this line
    try:
        parser.feed(text)
        root = parser.close()
    except (ET.ParseError, ValueError):
        return None
    return root if isinstance(root, ET.Element) else None


def _without_instructions(text: str) -> str:
    head, *rest = text.split("<?")
    return head + "".join(part.partition("?>")[2] for part in rest)


def encoding(packet: bytes) -> str:
    """Return the encoding by the first bytes (XMP part 1, 7.1: any of the UTFs, nearly always UTF-8)."""
    marks = {
        b"\xff\xfe\0\0": "utf-32-le",
        b"<\0\0\0": "utf-32-le",
        b"\0\0\xfe\xff": "utf-32-be",
        b"\0\0\0<": "utf-32-be",
        b"\xff\xfe": "utf-16-le",
        b"<\0": "utf-16-le",
        b"\xfe\xff": "utf-16-be",
        b"\0<": "utf-16-be",
    }
    return next((codec for mark, codec in marks.items() if packet.startswith(mark)), "utf-8")


def _split(tag: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


def _properties(root: ET.Element) -> Iterator[Property]:
    for meta in root.iter(f"{{{X}}}xmpmeta"):
        toolkit = meta.get(f"{{{X}}}xmptk")
        if toolkit:
            yield Property(X, "xmptk", (("", toolkit),))
    for rdf in root.iter(f"{{{RDF}}}RDF"):
        for node in rdf:
            about = node.get(f"{{{RDF}}}about", "").strip()
            if about:
                yield Property(RDF, "about", (("", about),))
            for attribute, value in node.items():
                if attribute not in _SYNTAX and attribute != _LANG:
                    yield Property(*_split(attribute), (("", value.strip()),))
            for element in node:
                yield Property(*_split(element.tag), tuple(_leaves(element, "")), element)


def _leaves(element: ET.Element, label: str) -> Iterator[tuple[str, str]]:
    """Yield every text below an element, with the name of the field or the language it belongs to."""
    label = element.get(_LANG, label)
    text = (element.text or "").strip()
    if text:
        yield label, text
    for attribute, value in element.items():
        if attribute != _LANG and attribute not in _SYNTAX and value.strip():
            yield "" if attribute == _RESOURCE else _split(attribute)[1], value.strip()
    for child in element:
        namespace, name = _split(child.tag)
        yield from _leaves(child, label if namespace == RDF else name)
        if (child.tail or "").strip():
            yield label, (child.tail or "").strip()


def with_bare_pictures(item: Property) -> Property:
    """Return the property with every JPEG thumbnail in it, which is written in base64, freed of its own metadata."""
    if item.element is None:
        changed = tuple((label, _bare(text)) for label, text in item.leaves)
        return item if changed == item.leaves else replace(item, leaves=changed)
    if not any(_bare(text) != text for _, text in item.leaves):
        return item
    element = deepcopy(item.element)
    for one in element.iter():
        one.text = _bare(one.text or "")
        for name, value in one.items():
            one.set(name, _bare(value))
    return replace(item, element=element)


def _bare(text: str) -> str:
    squeezed = "".join(text.split())
    if not squeezed.startswith(_JPEG_IN_BASE64):
        return text
    try:
        return b64encode(bare(b64decode(squeezed, validate=True))).decode("ascii")
    except ValueError:
        return ""


def build(plain: Iterable[Property], whole: Iterable[Property] = ()) -> bytes:
    """Return a fresh packet; empty where there is nothing to say.

    Of `plain` properties only texts and languages are written, `whole` ones with all their structure.
    """
    prefixes: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for items, write in ((plain, _plain_xml), (whole, _whole_xml)):
        for item in items:
            # No property twice (XMP part 1, 6.2), and none that is part of the wrapping.
            if item.namespace not in (RDF, XML, X, ""):
                bodies.setdefault(f"{{{item.namespace}}}{item.name}", write(item, prefixes))
    body = "".join(bodies.values())
    if not body:
        return b""
    names = "".join(f' xmlns:{prefix}="{escape(uri)}"' for uri, prefix in prefixes.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="{X}"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""{names}>'
        f'{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _plain_xml(item: Property, prefixes: dict[str, str]) -> str:
    name = _prefixed(item.namespace, item.name, prefixes)
    if item.element is None:
        text = escape(item.leaves[0][1]) if item.leaves else ""
        return f"<{name}>{text}</{name}>" if text else ""
    array = next((child for child in item.element if child.tag in _ARRAYS), None)
    if array is None:
        text = escape((item.element.text or "").strip() or item.element.get(_RESOURCE, "").strip())
        return f"<{name}>{text}</{name}>" if text else ""
    lines = []
    for li in array.iterfind(_LI):
        language = li.get(_LANG, "")
        mark = f' xml:lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
        if (li.text or "").strip():
            lines.append(f"<rdf:li{mark}>{escape((li.text or '').strip())}</rdf:li>")
    kind = f"rdf:{_split(array.tag)[1]}"
    return f"<{name}><{kind}>{''.join(lines)}</{kind}></{name}>" if lines else ""


def _whole_xml(item: Property, prefixes: dict[str, str]) -> str:
    if item.element is None:
        return _plain_xml(item, prefixes)
    return _copy(item.element, prefixes)


def _copy(element: ET.Element, prefixes: dict[str, str]) -> str:
    name = _prefixed(*_split(element.tag), prefixes)
    attributes = "".join(f' {_prefixed(*_split(key), prefixes)}="{escape(value)}"' for key, value in element.items())
    inner = escape(element.text or "")
    inner += "".join(_copy(child, prefixes) + escape(child.tail or "") for child in element)
    return f"<{name}{attributes}>{inner}</{name}>"


def _prefixed(namespace: str, name: str, prefixes: dict[str, str]) -> str:
    if namespace in (RDF, XML):
        return f"{NAMESPACES[namespace][0]}:{name}"
    if not namespace:
        return name
    if namespace not in prefixes:
        usual = NAMESPACES[namespace][0] if namespace in NAMESPACES else f"ns{len(prefixes)}"
        prefixes[namespace] = usual if usual not in prefixes.values() and usual != "x" else f"ns{len(prefixes)}"
    return f"{prefixes[namespace]}:{name}"
