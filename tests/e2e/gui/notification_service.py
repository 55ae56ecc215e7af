"""A desktop's service for notifications, run by the system's Python: writes what it is told, a JSON object a line.

Usage: notification_service.py portal|notifications RECORD. On SIGUSR1 the last notification is pressed.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from gi.repository import Gio, GLib

SERVICES = {
    "portal": (
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        """<node><interface name='org.freedesktop.portal.Notification'>
        <method name='AddNotification'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>
        <method name='RemoveNotification'><arg type='s' direction='in'/></method>
        <signal name='ActionInvoked'><arg type='s'/><arg type='s'/><arg type='av'/></signal>
        </interface></node>""",
    ),
    "notifications": (
        "org.freedesktop.Notifications",
        "/org/freedesktop/Notifications",
        """<node><interface name='org.freedesktop.Notifications'>
        <method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>
        <arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>
        <arg type='as' direction='in'/><arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>
        <arg type='u' direction='out'/></method>
        <method name='GetCapabilities'><arg type='as' direction='out'/></method>
        <method name='GetServerInformation'><arg type='s' direction='out'/><arg type='s' direction='out'/>
        <arg type='s' direction='out'/><arg type='s' direction='out'/></method>
        </interface></node>""",
    ),
}
ANSWERS = {
    "Notify": GLib.Variant("(u)", (1,)),
    "GetCapabilities": GLib.Variant("(as)", (["body"],)),
    "GetServerInformation": GLib.Variant("(ssss)", ("stand-in", "oimg", "1", "1.2")),
}


def main(kind: str, record: Path) -> None:
    """Serve until the bus is gone."""
    name, path, xml = SERVICES[kind]
    interface = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)

    def told(_bus, _sender, _path, _interface, method, parameters, invocation):
        with record.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps([method, parameters.get_type_string(), parameters.unpack()]) + "\n")
        invocation.return_value(ANSWERS.get(method))

    def press():
        last = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()][-1]
        pressed = GLib.Variant("(ssav)", (last[2][0], last[2][1]["default-action"], []))
        bus.emit_signal(None, path, interface.name, "ActionInvoked", pressed)
        return True

    bus.register_object(path, interface, told, None, None)
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, press)
    Gio.bus_own_name_on_connection(
        bus,
        name,
        Gio.BusNameOwnerFlags.NONE,
        lambda *_: sys.stdout.write("ready\n") and sys.stdout.flush(),
        None,
    )
    GLib.MainLoop().run()


main(sys.argv[1], Path(sys.argv[2]))
