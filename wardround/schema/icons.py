"""The icons that a type may name: what screens can draw, or draw something near it for."""

from __future__ import annotations

ICONS = frozenset(
    """
    access-point address api application application-server backup battery bed box bridge
    building cable cache camera campus card certificate chassis clock cloud cluster computer
    container contract controller cooling database datastore department device disk display
    document door elevator exchange fan firewall gateway gpu hypervisor interface key kiosk
    laptop license link load-balancer location machine-room medical-device meter microservice
    middleware mobile monitor namespace network node operating-system organisation outlet person
    phone pod pool post power printer probe process project pump queue rack robot room router
    san-switch scanner sensor server server-system service shelf software storage
    sub-application subnet switch system tablet tape team television terminal ups user vehicle
    vendor virtual-machine virtual-switch volume vpn web-server website wireless workload
    workstation zone
    """.split()  # noqa: SIM905  a hundred words are read as words
)
