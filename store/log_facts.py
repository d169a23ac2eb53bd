"""The facts of which the log itself is the subject: its keys, its clock, its restorations."""

import msgspec


class KeyMade(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key signs the checkpoints of this log from now on: the first one, or one whose predecessor was lost.

    ``verifier`` is its public half as a vkey of C2SP signed-note, ``signature`` its signed note over what is said.
    """

    verifier: str
    signature: str


class KeyRotated(KeyMade, frozen=True, kw_only=True, omit_defaults=True):
    """A key takes the place of another one, and both have signed it: ``previous_signature`` is the older one's note."""

    previous: str
    previous_signature: str


class ClockStepped(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The wall clock of the host jumped by so many seconds while a daemon ran; positions are not concerned."""

    seconds: float


class LogRestored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The log was restored from a backup: what stood after ``position`` before is not in it. Meta says who did it.

    ``replaced`` is the position up to which the log went that was put aside, 0 where there was none.
    """

    position: int
    backup: str
    replaced: int = 0


LogFact = KeyMade | KeyRotated | ClockStepped | LogRestored

LOG_TYPES: dict[str, type[LogFact]] = {
    "key-made": KeyMade,
    "key-rotated": KeyRotated,
    "clock-stepped": ClockStepped,
    "log-restored": LogRestored,
}
