"""The two JetStream streams of a log: made as they have to be, and refused where somebody made them otherwise."""

from typing import Any

from presslog.store.errors import LogDiverged, NoSuchStore, StoreUnsafe
from presslog.store.names import event_id

from .jetstream_address import Address
from .jetstream_answers import ApiError
from .jetstream_marks import MOVED_TO, MOVING, noted, refuse_moved, refuse_unfinished
from .jetstream_session import Session

LOG_ID = "presslog_log_id"
"""The metadata in which the id of a log is kept: part of what makes two creations of one stream the same, or not."""
OLDEST_SERVER = (2, 14)
"""Before it, a batch was not safe against a change of leader (NATS 2.14, ADR-50)."""
LEAST_PAYLOAD = 1 << 20
"""``max_payload`` as a server has it by itself: an event, its meta and its headers fit."""
NO_LIMITS = {"max_msgs": -1, "max_bytes": -1, "max_msgs_per_subject": -1, "max_msg_size": -1, "max_age": 0}
PROMISES: dict[str, Any] = {
    **NO_LIMITS,
    "retention": "limits",
    "storage": "file",
    "discard": "new",
    "deny_delete": True,
    "deny_purge": True,
    "allow_direct": True,
    "allow_atomic": True,
}
"""What a stream needs so that nothing which was stored goes, and each Append is all or none."""
STRANGERS = ("mirror", "sources", "subject_transform", "sealed", "no_ack", "allow_rollup_hdrs", "allow_msg_ttl")
"""What a stream must not have: it would drop events, change them, or take in those of others."""
SECONDS = 1_000_000_000
DEDUPLICATED_SECONDS = 2
"""NATS' own memory of repeated messages is not used: keys are found in the log, however old."""

NO_STREAM, OTHER_CONFIG, NO_CLUSTER = 10059, 10058, 10074


def subjects_of(address: Address) -> dict[str, str]:
    """The subjects of each stream, by the stream's name."""
    return {address.log_stream: f"{address.name}.ev.*", address.blob_stream: f"{address.name}.blob.*.*"}


def news_of(address: Address) -> str:
    """The subject on which the server tells, by headers alone, of each event once it is stored."""
    return f"{address.name}.new"


async def opened(session: Session, *, readonly: bool, may_be_moving: bool = False, moving: str = "") -> str:
    """Make the streams where they are missing, look at them and at the server; the id of the log.

    Where ``moving`` is the id of another log, a new one gets that, and is marked as one that is being moved into.

    Raises:
        NoSuchStore: there are none, and ``readonly`` makes none.
        StoreUnsafe: the server is too old, a stream is not what keeps the promise, a move to the log is not finished,
            or it is to be written and was moved elsewhere.
    """
    refuse_unfit(session)
    found = {}
    for name in subjects_of(session.address):
        config = await _config_of(session, name)
        if config is None and readonly:
            raise NoSuchStore(f"{session.address.text}: there is no stream {name}: start with `presslog run`")
        found[name] = config or await _created(session, name, moving)
        if not (may_be_moving or moving):
            refuse_unfinished(session.address, found[name])
        if not readonly:
            refuse_moved(session.address, found[name])
        _refuse_unsafe(session.address, found[name])
    return noted(found[session.address.log_stream], LOG_ID)


async def verified(session: Session, log_id: str) -> dict[str, Any]:
    """What is told of the log's stream, of which it is sure that it is the same log.

    Raises:
        LogDiverged: another one has its name.
    """
    address = session.address
    info = await session.api(f"STREAM.INFO.{address.log_stream}")
    if noted(info["config"], LOG_ID) != log_id:
        raise LogDiverged(f"{address.text}: {address.log_stream} is another log than before: start again")
    return info


def refuse_unfit(session: Session) -> None:
    """Raise StoreUnsafe where the server is too old or takes too little."""
    version, address = session.client.connected_server_version, session.address.text
    if (version.major, version.minor) < OLDEST_SERVER:
        oldest = ".".join(map(str, OLDEST_SERVER))
        raise StoreUnsafe(
            f"{address}: nats-server {version.major}.{version.minor} is too old: install {oldest} or later"
        )
    if session.client.max_payload < LEAST_PAYLOAD:
        raise StoreUnsafe(
            f"{address}: max_payload is {session.client.max_payload}: set it to {LEAST_PAYLOAD} or more in the "
            "configuration of every server"
        )


async def _config_of(session: Session, name: str) -> dict[str, Any] | None:
    try:
        return dict((await session.api(f"STREAM.INFO.{name}"))["config"])
    except ApiError as error:
        if error.code != NO_STREAM:
            raise
        return None


async def _created(session: Session, name: str, moving: str) -> dict[str, Any]:
    """A new stream; where another host makes it at the same moment, theirs: no second one can come of it."""
    try:
        return dict((await session.api(f"STREAM.CREATE.{name}", _wanted(session.address, name, moving)))["config"])
    except ApiError as error:
        if error.code == NO_CLUSTER:
            raise StoreUnsafe(
                f"{session.address.text}: {error}: join the servers to a cluster of three, or write replicas=1 where "
                "one copy of everything is enough"
            ) from error
        config = await _config_of(session, name) if error.code == OTHER_CONFIG else None
        if config is None:
            raise
        return config


def _wanted(address: Address, name: str, moving: str) -> dict[str, Any]:
    wanted = {
        "name": name,
        "subjects": [subjects_of(address)[name]],
        "num_replicas": address.replicas,
        "duplicate_window": DEDUPLICATED_SECONDS * SECONDS,
        **PROMISES,
    }
    if name == address.log_stream:
        wanted["metadata"] = {LOG_ID: moving, MOVING: "yes"} if moving else {LOG_ID: event_id()}
        wanted["republish"] = {"src": subjects_of(address)[name], "dest": news_of(address), "headers_only": True}
    return wanted


def _refuse_unsafe(address: Address, config: dict[str, Any]) -> None:
    wanted = {**PROMISES, "subjects": [subjects_of(address)[config["name"]]]}
    wrong = [
        f"{word} = {config.get(word)!r} and not {value!r}"
        for word, value in wanted.items()
        if config.get(word) != value
    ]
    strange = [word for word in STRANGERS if config.get(word)]
    # A log that was moved elsewhere is sealed, and still read.
    wrong += [f"{word} = {config[word]!r}" for word in strange if word != "sealed" or not noted(config, MOVED_TO)]
    if config.get("persist_mode", "default") not in ("", "default"):
        wrong.append(f"persist_mode = {config['persist_mode']!r}")
    if config["num_replicas"] < address.replicas:
        wrong.append(f"num_replicas = {config['num_replicas']} and not {address.replicas}")
    if config["name"] == address.log_stream and not noted(config, LOG_ID):
        wrong.append(f"no {LOG_ID}: it was not made by presslog")
    if wrong:
        raise StoreUnsafe(
            f"{address.text}: stream {config['name']} cannot keep a log: {'; '.join(wrong)}: "
            "put it right with `nats stream edit`, or name another log in the address"
        )
