"""Loading: which layer counts, where each value came from, and mistakes that say how to mend them."""

from pathlib import Path

import pytest

from presslog.config.find import find_config
from presslog.config.load import Loaded, load, missing_folder
from presslog.store.errors import ConfigError

HOMELESS = {"HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk with one feed."""
    folder = tmp_path / "desk"
    (folder / "seeds").mkdir(parents=True)
    write(folder, '[feeds.seeds]\nfolder = "seeds"\n')
    return folder


def write(folder: Path, text: str) -> Path:
    path = folder / "presslog.toml"
    path.write_text(text)
    return path


def mistake(
    folder: Path, text: str = "", *, env: dict[str, str] | None = None, flags: dict[str, str] | None = None
) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as raised:
        load(env or {}, config=str(path), flags=flags, folder=folder)
    return str(raised.value)


def test_file_counts_more_than_a_default(tmp_path: Path) -> None:
    path = write(tmp_path, "limit_bytes = 5")

    found = load({}, config=str(path), folder=tmp_path)

    assert (found.settings.limit_bytes, found.origins["limit_bytes"]) == (5, str(path))
    assert found.origins["batch_files"] == "default"


def test_variable_counts_more_than_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "limit_bytes = 5")

    found = load({"PRESSLOG_LIMIT_BYTES": "6"}, config=str(path), folder=tmp_path)

    assert (found.settings.limit_bytes, found.origins["limit_bytes"]) == (6, "PRESSLOG_LIMIT_BYTES")


def test_flag_counts_more_than_all(tmp_path: Path) -> None:
    path = write(tmp_path, "limit_bytes = 5")
    env = {"PRESSLOG_LIMIT_BYTES": "6"}

    found = load(env, config=str(path), flags={"limit_bytes": "7"}, folder=tmp_path)

    assert (found.settings.limit_bytes, found.origins["limit_bytes"]) == (7, "--set limit_bytes")


def test_every_value_has_an_origin(desk: Path) -> None:
    found = load({"PRESSLOG_FEED_WIRES": "wires"}, store=str(desk), folder=desk)

    assert found.origins["feeds.seeds.folder"] == str(desk / "presslog.toml")
    assert found.origins["feeds.wires.folder"] == "PRESSLOG_FEED_WIRES"
    assert found.origins["store"] == "default"


def test_lists_in_variables_and_flags_are_separated_by_commas(tmp_path: Path) -> None:
    by_variable = load({"PRESSLOG_IGNORE": "*.bak, *.old"}, folder=tmp_path)
    by_flag = load({}, flags={"ignore": "*.bak"}, folder=tmp_path)

    assert by_variable.settings.ignore == ("*.bak", "*.old")
    assert by_flag.settings.ignore == ("*.bak",)


def test_paths_count_from_where_they_are_written(desk: Path, tmp_path: Path) -> None:
    write(desk, 'store = "kept"\n[feeds.seeds]\nfolder = "seeds"\n')

    from_file = load({}, config=str(desk / "presslog.toml"), folder=tmp_path).settings
    from_variable = load({"PRESSLOG_FEED_SEEDS": "here"}, config=str(desk / "presslog.toml"), folder=tmp_path).settings

    assert (from_file.store, from_file.feeds["seeds"].folder) == (str(desk / "kept"), str(desk / "seeds"))
    assert from_variable.feeds["seeds"].folder == str(tmp_path / "here")


def test_store_that_is_a_desk_leads_to_the_store_it_names(desk: Path, tmp_path: Path) -> None:
    by_flag = load({}, store=str(desk), folder=tmp_path)
    by_variable = load({"PRESSLOG_STORE": str(desk)}, folder=tmp_path)

    assert by_flag.settings.store == by_variable.settings.store == str(desk / "store")
    assert by_flag.path == desk / "presslog.toml"


def test_store_that_is_no_desk_is_the_store(desk: Path, tmp_path: Path) -> None:
    store = desk / "store"

    found = load({}, store=str(store), folder=tmp_path)

    assert (found.settings.store, found.origins["store"]) == (str(store), "--store")
    assert found.path == desk / "presslog.toml"


def test_feed_may_have_its_own_quiet_seconds(desk: Path) -> None:
    write(desk, 'quiet_seconds = 60\n[feeds.seeds]\nfolder = "seeds"\nquiet_seconds = 5\n[feeds.wires]\nfolder = "w"\n')

    feeds = load({}, store=str(desk), folder=desk).settings.feeds

    assert (feeds["seeds"].quiet_seconds, feeds["wires"].quiet_seconds) == (5, None)


def test_feed_may_have_its_own_end_for_files_that_were_read(desk: Path) -> None:
    seeds = '[feeds.seeds]\nfolder = "seeds"\nafter_read = "delete"\n'
    wires = '[feeds.wires]\nfolder = "w"\ndone_folder = "old/read"\n'
    write(desk, f'after_read = "move"\n{seeds}{wires}')

    settings = load({}, store=str(desk), folder=desk).settings

    assert (settings.after_read, settings.done_folder) == ("move", "done")
    assert [(feed.after_read, feed.done_folder) for feed in settings.feeds.values()] == [
        ("delete", None),
        (None, "old/read"),
    ]


@pytest.mark.parametrize("value", ["", ".", "/srv/done", "..", "a/../b", ".presslog-x", "old/.presslog-x", "a\\u0000"])
@pytest.mark.parametrize("above", ["", '[feeds.seeds]\nfolder = "seeds"\n'])
def test_done_folder_that_is_not_below_the_feed_is_a_mistake(tmp_path: Path, value: str, above: str) -> None:
    message = mistake(tmp_path, f'{above}done_folder = "{value}"')

    assert "done_folder = " in message
    assert "write a relative path without `..`" in message


def test_times_of_polling_and_of_alarms_can_be_set(tmp_path: Path) -> None:
    path = write(tmp_path, "poll_seconds = 0.5\nwait_alarm_seconds = 0")

    settings = load({}, config=str(path), folder=tmp_path).settings

    assert (settings.poll_seconds, settings.wait_alarm_seconds) == (0.5, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("limit_bytes = 268435457", ["limit_bytes = 268435457", "expected `int` <= 268435456"]),
        ("poll_seconds = 0", ["poll_seconds = 0", ">= 0.1"]),
        ("wait_alarm_seconds = -1", ["wait_alarm_seconds = -1", ">= 0"]),
        ('after_read = "burn"', ["after_read = 'burn'", "invalid enum value"]),
        ("[feeds.seeds]\nfolder = 'x'\nafter_read = 'burn'", ["feeds.seeds.after_read = 'burn'", "invalid enum value"]),
        ("[feeds.seeds]\nfolder = 'x'\ndone_folder = 5", ["feeds.seeds.done_folder = 5", "expected `str"]),
        ("limit_byte = 5", ["limit_byte = 5", "no such setting", "did you mean limit_bytes?"]),
        ("zzz = 1", ["zzz = 1", "no such setting", "known here: store, engine"]),
        ('limit_bytes = "many"', ["limit_bytes = 'many'", "expected `int`", "presslog config"]),
        ("limit_bytes = 0", ["limit_bytes = 0", "expected `int` >= 1", "presslog config"]),
        ("settle_seconds = -1", ["settle_seconds = -1", ">= 0"]),
        ("batch_files = 20000", ["batch_files = 20000", "<= 10000"]),
        ('engine = "postgresql://me:secret@host/news"', ["engine (", "holds a password", "passfile=PATH"]),
        ('engine = "nats://host?password=secret"', ["engine (", "holds a password", "creds=PATH"]),
        ('engine = "postgres"', ["engine = 'postgres'", "no such engine", "postgresql://HOST/DATABASE"]),
        ('log_level = "LOUD"', ["log_level = 'LOUD'", "invalid enum value"]),
        ('ignore = "*.bak"', ["ignore = '*.bak'", "expected `array`"]),
        ("ignore = [1]", ["ignore = [1]", "expected `str`"]),
        ("[feeds.seeds]\nfolder = 5", ["feeds.seeds.folder = 5", "expected `str`"]),
        ("[feeds.seeds]\nfolde = 'x'", ["feeds.seeds.folde = 'x'", "did you mean folder?"]),
        ("[feeds.seeds]\nquiet_seconds = 5", ["feeds.seeds", "`folder`", 'folder = "…"']),
        ("[feeds.seeds]", ["feeds.seeds", 'folder = "…"']),
        ("[feeds.Seeds]\nfolder = 'x'", ["feeds.Seeds", "a-z, 0-9", "rename it"]),
        ("[feeds.'a/b']\nfolder = 'x'", ["feeds.a/b", "rename it"]),
        ("[feeds.'a.b']\nfolder = 'x'", ["feeds.a.b"]),
        ("[feeds]\nseeds = 'x'", ["feeds.seeds", "must be a table", "[feeds.seeds]"]),
        ("feeds = 5", ["feeds = 5", "write a table [feeds.NAME]"]),
        ("[store]\npath = 'x'", ["store.path = 'x'", "no such setting"]),
        ("this is no TOML", ["not valid TOML", "correct that line"]),
    ],
)
def test_mistake_in_the_file_names_key_value_origin_and_remedy(tmp_path: Path, text: str, words: list[str]) -> None:
    message = mistake(tmp_path, text)

    assert [word for word in [*words, str(tmp_path / "presslog.toml")] if word not in message] == []


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PRESSLOG_LIMIT_BYTE": "5"}, ["limit_byte = '5'", "PRESSLOG_LIMIT_BYTE", "did you mean limit_bytes?"]),
        ({"PRESSLOG_LIMIT_BYTES": "many"}, ["limit_bytes = 'many'", "PRESSLOG_LIMIT_BYTES", "expected `int`"]),
        ({"PRESSLOG_FEED_BAD NAME": "x"}, ["feeds.bad name", "PRESSLOG_FEED_BAD NAME", "rename it"]),
    ],
)
def test_mistake_in_a_variable_names_the_variable(tmp_path: Path, env: dict[str, str], words: list[str]) -> None:
    message = mistake(tmp_path, env=env)

    assert [word for word in words if word not in message] == []


def test_mistake_in_a_flag_names_the_flag(tmp_path: Path) -> None:
    message = mistake(tmp_path, flags={"limit_bytes": "many"})

    assert "limit_bytes = 'many' (--set limit_bytes)" in message


def test_file_that_is_not_there_or_no_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigError, match=r"gone.toml cannot be read: No such file.*--config FILE"):
        load({}, config=str(tmp_path / "gone.toml"), folder=tmp_path)
    with pytest.raises(ConfigError, match=r"binary.toml is not valid TOML"):
        load({}, config=str(tmp_path / "binary.toml"), folder=tmp_path)


def test_missing_folder_names_key_origin_and_remedy(desk: Path) -> None:
    (desk / "seeds").rmdir()

    error = missing_folder(*settings_of(load({}, store=str(desk), folder=desk)))

    assert error is not None
    assert str(error) == (
        f'feeds.seeds.folder = "{desk}/seeds" ({desk}/presslog.toml): no such folder; '
        f"create it (mkdir -p {desk}/seeds) or change feeds.seeds.folder"
    )


def test_folders_that_are_there_are_no_error(desk: Path) -> None:
    error = missing_folder(*settings_of(load({}, store=str(desk), folder=desk)))

    assert error is None


def settings_of(found: Loaded) -> tuple:
    return found.settings, found.origins


def test_file_is_looked_for_in_one_order(tmp_path: Path) -> None:
    places = ["named", "variable", "store", "above", "above/deep", "units", "home/presslog"]
    for place in places:
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        write(tmp_path / place, "")
    env = {"CONFIGURATION_DIRECTORY": str(tmp_path / "units"), "XDG_CONFIG_HOME": str(tmp_path / "home")}
    folder = tmp_path / "above" / "deep" / "here"
    folder.mkdir()

    found = []
    for config, more, store in [
        (str(tmp_path / "named" / "presslog.toml"), {"PRESSLOG_CONFIG": "x"}, None),
        (None, {"PRESSLOG_CONFIG": str(tmp_path / "variable" / "presslog.toml")}, str(tmp_path / "store")),
        (None, {}, str(tmp_path / "store")),
        (None, {"PRESSLOG_STORE": str(tmp_path / "store")}, None),
        (None, {}, None),
    ]:
        found.append(find_config(env | more, config=config, store=store, folder=folder))
    for place in ("above/deep", "above", "units", "home/presslog"):
        (tmp_path / place / "presslog.toml").unlink()
        found.append(find_config(env, config=None, store=None, folder=folder))

    expected = ["named", "variable", "store", "store", "above/deep", "above", "units", "home/presslog"]
    assert found[:-1] == [tmp_path / place / "presslog.toml" for place in expected]


def test_store_below_a_desk_finds_the_file_of_the_desk(desk: Path, tmp_path: Path) -> None:
    found = find_config({}, config=None, store=str(desk / "store"), folder=tmp_path)

    assert found == desk / "presslog.toml"


def test_no_file_at_all_is_none(tmp_path: Path) -> None:
    if Path("/etc/presslog/presslog.toml").exists():
        pytest.skip("NOT TESTED: this machine has a presslog of its own")

    found = find_config(HOMELESS, config=None, store=None, folder=tmp_path)

    assert found is None
