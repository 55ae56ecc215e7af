"""Runs the extension as its file manager does, with stand-in files: the system's Python, its gi, the real typelib.

Usage: provider_in_gi.py HOST VERSION EXTENSION. Reads a JSON list of selections from standard input, each a list of
[path in hex, media type, scheme, whether it is a folder]; prints the titles for each, and starts the first entry of
the last one.
"""

import importlib.util
import json
import os
import sys

import gi

host, version, path = sys.argv[1:]
gi.require_version(host, version)
from gi.repository import Gio, GLib  # noqa: E402


class File:
    """What the provider asks of a file."""

    def __init__(self, told):
        self.path, self.kind, self.scheme, self.folder = bytes.fromhex(told[0]), *told[1:]

    def get_uri_scheme(self):
        return self.scheme

    def is_directory(self):
        return self.folder

    def get_mime_type(self):
        return self.kind

    def get_name(self):
        return os.path.basename(os.fsdecode(self.path))  # noqa: PTH119

    def get_location(self):
        return Gio.File.new_for_path(os.fsdecode(self.path))


spec = importlib.util.spec_from_file_location("oimg-menus", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
provider = module.OimgMenus()
items = []
for selection in json.load(sys.stdin):
    files = [File(each) for each in selection]
    items = provider.get_file_items(files)
    assert len(items) == len(provider.get_file_items(None, files))  # as older versions ask
    sys.stdout.write(json.dumps([item.get_property("label") for item in items]) + "\n")
sys.stdout.flush()
if items:
    watch = GLib.child_watch_add
    loop = GLib.MainLoop()

    def watched(priority, number, told):
        def end(*facts):
            told(*facts)
            loop.quit()

        return watch(priority, number, end)

    module.GLib.child_watch_add = watched
    items[0].emit("activate")
    loop.run()
