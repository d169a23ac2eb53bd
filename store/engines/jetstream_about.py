"""What is told of a log in JetStream: the server, the copies of the stream, and what an operator should know."""

from typing import Any

from presslog.store.log import About, Replica

from .jetstream_session import Session

UNSTATED = (
    "when all servers lose power at once the newest seconds may be lost: set `sync_interval: always` in the jetstream "
    "block of each, and write sync=always into the address"
)
ALONE = "there is one copy of the log: a host that is lost takes it along; join three servers and write replicas=3"
UNIT = "messages"
AWAY = "the copy of the log on {} is away or behind: start that server, or see to its disk and network"


async def about(session: Session) -> About:
    """The version of the server, the replicas as the leader sees them, and warnings."""
    address = session.address
    info = await session.api(f"STREAM.INFO.{address.log_stream}")
    cluster = info.get("cluster") or {}
    replicas = [_replica(each) for each in cluster.get("replicas") or ()]
    warnings = [] if address.is_synced else [UNSTATED]
    if info["config"]["num_replicas"] == 1:
        warnings.append(ALONE)
    warnings += [AWAY.format(each.name) for each in replicas if each.state != "current"]
    if cluster.get("leader") and replicas:
        replicas.insert(0, Replica(str(cluster["leader"]), "leader", 0, UNIT))
    version = session.client.connected_server_version
    place = f"{','.join(each.removeprefix('nats://') for each in address.servers)}/{address.name}"
    return About(f"NATS {version.major}.{version.minor}.{version.patch}", place, tuple(replicas), tuple(warnings))


def _replica(found: dict[str, Any]) -> Replica:
    state = "away" if found.get("offline") else "current" if found.get("current") else "behind"
    return Replica(str(found["name"]), state, int(found.get("lag", 0)), UNIT)
